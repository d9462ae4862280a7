internal import Ledger
internal import PostgreSQL
internal import Schema

extension Home {
    /// Brings the database of the running cluster up to this build's schema.
    public func migrate() throws {
        var connection = try Connection(try cluster().connection())
        try migrate(&connection)
    }

    /// Whoever reads what risk knows of payments must find it.
    ///
    /// - Throws: ``OperationError`` if some of it is still as an earlier version left it.
    func requireSealedContexts(_ connection: inout Connection) throws {
        if try PlainContexts.areLeft(&connection) {
            throw OperationError(
                "what risk knows of payments has not been sealed yet: start the wallet once, which does it"
            )
        }
    }

    func migrate(_ connection: inout Connection) throws { try Migrations.apply(to: &connection) }
}

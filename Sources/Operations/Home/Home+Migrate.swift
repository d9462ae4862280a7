internal import Schema
internal import PostgreSQL

extension Home {
    /// Brings the database of the running cluster up to this build's schema.
    public func migrate() throws {
        var connection = try Connection(try cluster().connection())
        try migrate(&connection)
    }

    func migrate(_ connection: inout Connection) throws { try Migrations.apply(to: &connection) }
}

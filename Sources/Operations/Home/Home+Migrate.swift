internal import Ledger
internal import PostgreSQL

extension Home {
    func migrate(_ connection: inout Connection) throws { try Migrations.apply(to: &connection) }
}

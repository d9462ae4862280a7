package import Identity
package import PostgreSQL
package import Vault

/// What a module beside this one holds of people, in tables of the same database: so it is part of what they are given,
/// of what is erased, and of what is checked.
///
/// A value without references: ``People`` keeps it as long as itself.
package protocol PersonalDataHolding: Sendable {
    /// What its member of an export is called: a word of `a`–`z` and `_`.
    var section: String { get }

    /// What is sealed under people's keys in its tables, so that it can be seen whether it opens.
    var sealedColumns: [SealedColumn] { get }

    /// All that it holds of a person, in clear, and nothing of anybody else.
    ///
    /// - Parameter key: what the person's data is sealed under.
    func export(
        of person: PersonID, under key: DataKey, on connection: inout Connection
    ) throws(PostgreSQLError) -> ExportValue

    /// What stands against a person's erasure now. Reads only.
    func objections(
        to erasure: Erasure, on connection: inout Connection
    ) throws(PostgreSQLError) -> [ErasureObjection]

    /// Takes away what it holds of a person, in the transaction that destroys their key. What is sealed under the key and
    /// has to stay in its place may stay.
    func erase(
        _ erasure: Erasure, on connection: inout Connection
    ) throws(PostgreSQLError)
}

extension PersonalDataHolding {
    /// None.
    package var sealedColumns: [SealedColumn] { [] }

    /// Nothing stands against it.
    package func objections(
        to erasure: Erasure, on connection: inout Connection
    ) throws(PostgreSQLError) -> [ErasureObjection] { [] }
}

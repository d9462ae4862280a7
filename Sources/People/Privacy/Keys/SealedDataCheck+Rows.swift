internal import PostgreSQL
internal import Vault

extension SealedDataCheck {
    /// With rows of a place of keys and all that is sealed under their keys. Refused if a master key cannot be used now, which says
    /// nothing of the rows.
    func adding(
        _ rows: [WrappedKeyRow], of place: any WrappedKeyKeeping, _ columns: [SealedColumn],
        _ keyring: Keyring, limit: Int, on connection: inout Connection
    ) throws(PostgreSQLError) -> Result<SealedDataCheck, PeopleError> {
        var check = self
        var keys: [String: DataKey] = [:]
        for row in rows {
            check.keys += 1
            do throws(VaultError) {
                let key = try keyring.unwrap(row.key, for: row.owner)
                keys[row.id] = key
                guard let beside = row.beside else { continue }
                check.values += 1
                _ = try key.open(beside.sealed, as: beside.field)
            } catch {
                if error.isUnavailable { return .failure(.outOfReach) }
                check.add(
                    UnopenedData(column: place.column, row: row.id, reason: "\(error)"),
                    limit: limit)
            }
        }
        let owners = keys.keys.sorted()
        for column in columns where !owners.isEmpty {
            for value in try column.values(of: owners, on: &connection) {
                guard let key = keys[value.owner] else { continue }
                check.values += 1
                let field = column.namesRow ? "\(column.field) \(value.row)" : column.field
                do throws(VaultError) { _ = try key.open(value.sealed, as: field) } catch {
                    check.add(
                        UnopenedData(column: column.name, row: value.row, reason: "\(error)"),
                        limit: limit)
                }
            }
        }
        return .success(check)
    }
}

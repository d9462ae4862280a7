internal import EventLog
internal import Foundation
internal import Identity
internal import People
internal import PostgreSQL
internal import SealedNotes

/// A version of the keys of a person's devices, as the database has it.
enum KeyListRow {
    /// One key, as JSON has it.
    private struct Entry: Codable {
        var device: String
        var key: DevicePublicKey
    }

    private static let newest = Statement(
        "keys.newest",
        """
        SELECT version, keys FROM device_key_list WHERE person_id = $1 ORDER BY version DESC LIMIT 1
        """)
    private static let versioned = Statement(
        "keys.versioned",
        "SELECT version, keys FROM device_key_list WHERE person_id = $1 AND version = $2")
    private static let allVersions = Statement(
        "keys.all",
        """
        SELECT version, keys, changed_at FROM device_key_list WHERE person_id = $1 AND version > $2
        ORDER BY version LIMIT $3::bigint
        """)
    private static let insert = Statement(
        "keys.insert",
        """
        INSERT INTO device_key_list (person_id, version, keys, changed_at) VALUES ($1, $2, $3, $4)
        ON CONFLICT DO NOTHING RETURNING true
        """)

    /// The list of a person, the newest or that of a version; nil if there is no such version, or it is damaged.
    static func find(
        of person: PersonID, version: Int64? = nil, on connection: inout Connection
    ) throws(PostgreSQLError) -> KeyList? {
        guard let party = Party("\(person)") else { return nil }
        let rows: Rows
        if let version {
            if version == 0 { return KeyList(party: party) }
            rows = try connection.query(
                versioned,
                Parameters {
                    $0.add(person)
                    $0.add(version)
                })
            if rows.isEmpty { return nil }
        } else {
            rows = try connection.query(newest, Parameters { $0.add(person) })
            if rows.isEmpty { return KeyList(party: party) }
        }
        return decode(rows, 0, of: party)
    }

    /// The version that a row begins with; nil if it is damaged.
    private static func decode(
        _ rows: borrowing Rows, _ row: Int, of party: Party
    ) -> KeyList? {
        guard let number = UInt32(exactly: rows.int(row, 0)),
            let entries = try? JSONDecoder().decode([Entry].self, from: Data(rows.bytes(row, 1)))
        else { return nil }
        let keys = entries.compactMap { entry in
            SealedNotes.DeviceID(entry.device).map { DeviceKey(device: $0, key: entry.key) }
        }
        return try? KeyList(party: party, version: number, keys: keys)
    }

    /// Versions that are kept whether anything refers to them or not.
    static let keptVersions: Int64 = 64
    private static let forget = Statement(
        "keys.forget",
        """
        DELETE FROM device_key_list l WHERE person_id = $1 AND version <= $2 AND NOT EXISTS (
            SELECT 1 FROM sealed_note n WHERE n.sender_id = l.person_id
                AND n.sender_version = l.version)
        """)

    /// Forgets versions before the newest ``keptVersions``, but for those that notes open against.
    static func forget(
        before list: KeyList, of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            forget,
            Parameters {
                $0.add(person)
                $0.add(Int64(list.version) - keptVersions)
            })
    }

    /// Versions after one, the oldest first, with when each was made.
    static func all(
        of person: PersonID, after version: Int64, limit: Int, on connection: inout Connection
    ) throws(PostgreSQLError) -> [(list: KeyList, changedAt: Timestamp)] {
        guard let party = Party("\(person)") else { return [] }
        let rows = try connection.query(
            allVersions,
            Parameters {
                $0.add(person)
                $0.add(version)
                $0.add(Int64(limit))
            })
        var lists: [(list: KeyList, changedAt: Timestamp)] = []
        for row in 0..<rows.count {
            guard let list = decode(rows, row, of: party) else { continue }
            lists.append((list, rows.moment(row, 2)))
        }
        return lists
    }

    /// Keeps a new version; false if another change was quicker.
    static func insert(
        _ list: KeyList, of person: PersonID, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        let entries = list.keys.map { Entry(device: "\($0.device)", key: $0.key) }
        let encoder = JSONEncoder()
        encoder.outputFormatting = .sortedKeys
        // Structures of strings encode always.
        let bytes = (try? encoder.encode(entries)).map { [UInt8]($0) } ?? []
        return try !connection.query(
            insert,
            Parameters {
                $0.add(person)
                $0.add(Int64(list.version))
                $0.add(bytes)
                $0.add(now)
            }
        ).isEmpty
    }
}

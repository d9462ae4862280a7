internal import EventLog
internal import Foundation
internal import Identity
internal import Notices
internal import PostgreSQL
internal import Vault

/// What a person was told and where they are reached, as members of their export.
enum ExportedNotices {
    private static let notices = Statement(
        "people.export.notices",
        """
        SELECT id::text, kind, sealed, created_at, read_at FROM notice WHERE person_id = $1
        ORDER BY created_at, id
        """)
    private static let preferences = Statement(
        "people.export.notice_preferences",
        "SELECT kind, channels FROM notice_preference WHERE person_id = $1 ORDER BY kind")

    /// All that the person was told, the oldest first.
    static func notices(
        of person: PersonID, under key: DataKey, on connection: inout Connection
    ) throws(PostgreSQLError) -> ExportValue {
        let rows = try connection.query(notices, Parameters { $0.add(person) })
        return .list(
            (0..<rows.count).map { row in
                .members([
                    "kind": word(rows.int(row, 1)),
                    "at": .moment(rows.moment(row, 3)),
                    "read_at": .moment(rows.optionalMoment(row, 4)),
                    "content": content(
                        try? key.open(rows.bytes(row, 2), as: "notice \(rows.text(row, 0))")),
                ])
            })
    }

    /// What the person wants to be told where, as far as they chose.
    static func preferences(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> ExportValue {
        let rows = try connection.query(preferences, Parameters { $0.add(person) })
        return .list(
            (0..<rows.count).map { row in
                let channels = NoticeChannels(rawValue: Int16(clamping: rows.int(row, 1)))
                return .members([
                    "kind": word(rows.int(row, 0)),
                    "channels": .list(channels.each.map { .text($0.word) }),
                ])
            })
    }

    /// Where the person's devices are reached. The addresses are left out: whoever has one can write to the device.
    static func targets(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> ExportValue {
        .list(
            try PushTargets.all(of: person, on: &connection).map { target in
                .members([
                    "device": .text("\(target.device)"),
                    "channel": .text(target.channel.word),
                    "registered_at": .moment(target.registeredAt),
                    "last_used_at": .moment(target.lastUsedAt),
                ])
            })
    }

    private static func word(_ kind: Int64) -> ExportValue {
        .text(NoticeKind(rawValue: Int16(clamping: kind))?.word)
    }

    /// Texts by their names. A code is left out: until it is used it is for showing who one is.
    private static func content(_ plain: [UInt8]?) -> ExportValue {
        guard let plain,
            let texts = try? JSONDecoder().decode([String: String].self, from: Data(plain))
        else { return .none }
        return .members(
            texts.filter { $0.key != NoticeParameter.code.rawValue }.sorted { $0.key < $1.key }
                .map { ExportMember($0.key, .text($0.value)) })
    }
}

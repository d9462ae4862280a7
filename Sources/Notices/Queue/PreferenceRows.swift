public import Identity
public import PostgreSQL

extension NoticePreferences {
    private static let ofPeople = Statement(
        "notices.preferences",
        "SELECT person_id, kind, channels FROM notice_preference WHERE person_id = ANY($1::uuid[])")
    private static let put = Statement(
        "notices.preferences.put",
        """
        INSERT INTO notice_preference (person_id, kind, channels) VALUES ($1, $2::int, $3::int)
        ON CONFLICT (person_id, kind) DO UPDATE SET channels = excluded.channels
        """)

    /// What a person chose.
    public init(of person: PersonID, on connection: inout Connection) throws(PostgreSQLError) {
        self = try Self.all(of: [person], on: &connection)[person] ?? NoticePreferences()
    }

    /// Keeps what a person chooses for a kind; what cannot be switched off stays on.
    public static func put(
        _ channels: NoticeChannels, for kind: NoticeKind, of person: PersonID,
        on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            put,
            Parameters {
                $0.add(person)
                $0.add(Int32(kind.rawValue))
                $0.add(Int32(channels.intersection(.all).union(fixed(for: kind)).rawValue))
            })
    }

    /// What several people chose; those are left out who chose nothing.
    static func all(
        of people: [PersonID], on connection: inout Connection
    ) throws(PostgreSQLError) -> [PersonID: NoticePreferences] {
        let rows = try connection.query(ofPeople, Parameters { $0.addIdentifiers(people) })
        var preferences: [PersonID: NoticePreferences] = [:]
        for row in 0..<rows.count {
            guard let kind = rows.kind(row, 1) else { continue }
            preferences[rows.identifier(row, 0), default: NoticePreferences()]
                .choose(NoticeChannels(rawValue: rows.small(row, 2)), for: kind)
        }
        return preferences
    }
}

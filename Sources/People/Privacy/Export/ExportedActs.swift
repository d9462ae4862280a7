internal import AuditTrail
internal import EventLog
internal import Identity
internal import PostgreSQL

/// What the audit log says of a person, of their sessions and of their devices, as a member of their export.
enum ExportedActs {
    private static let pageSize = 1_000
    private static let names = Statement(
        "people.export.names",
        """
        SELECT id::text FROM session WHERE person_id = $1
        UNION ALL SELECT id::text FROM device WHERE person_id = $1
        """)

    /// All entries, the oldest first. Who else acted is not said: that is not the person's.
    static func all(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> ExportValue {
        let rows = try connection.query(names, Parameters { $0.add(person) })
        let names = ["\(person)"] + (0..<rows.count).map { rows.text($0, 0) }
        var acts: [ExportValue] = []
        var start: Int64 = 0
        while true {
            let page = try AuditLog.entries(
                naming: names, from: start, limit: pageSize, &connection)
            for entry in page { acts.append(value(of: entry, for: person)) }
            guard page.count == pageSize, let last = page.last, last.index < .max else { break }
            start = last.index + 1
        }
        return .list(acts)
    }

    private static func value(of entry: AuditEntry, for person: PersonID) -> ExportValue {
        let record = entry.record
        let by =
            switch record.actor {
            case "\(person)": "yourself"
            case "nobody": "nobody_known"
            default: "somebody_else"
            }
        return .members([
            "index": .number(entry.index),
            "at": .moment(Timestamp(entry.recordedAtMicros)),
            "act": .text(record.act.rawValue),
            "by": .text(by),
            "subject": .text(record.subject.isEmpty ? nil : record.subject),
            "outcome": .text(record.outcome.word),
            "details": .members(record.details.map { ExportMember($0.name, .text($0.text)) }),
        ])
    }
}

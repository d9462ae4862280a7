public import EventLog
public import PostgreSQL

/// A policy as it was activated.
public struct PolicyView: Sendable, Equatable {
    /// Of its event: reserves after it are decided with it.
    public var sequence: Sequence
    /// When it came into force.
    public var recordedAt: Timestamp
    /// What is decided with.
    public var policy: PolicyDetail
    /// Who activated it.
    public var actor: String
    /// Why.
    public var note: String
}

/// An entry of a list.
public struct ListEntryView: Sendable, Equatable {
    /// Of its event.
    public var sequence: Sequence
    /// Since when it counts.
    public var recordedAt: Timestamp
    /// Who or what, and until when.
    public var entry: ListEntry
    /// Who put it there.
    public var actor: String
    /// Why.
    public var note: String
}

extension LedgerQueries {
    private static let policies = Statement(
        "policies",
        """
        SELECT sequence, recorded_at, model_hash, challenger_hash, rules, actor, note FROM policy
        WHERE sequence < $1::bigint ORDER BY sequence DESC LIMIT $2::bigint
        """)

    /// Policies, the newest first, before an event. The first is in force.
    public func policies(
        before: Sequence? = nil, limit: Int
    ) async throws(PostgreSQLError) -> [PolicyView] {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.add(before?.rawValue ?? Int64.max)
            parameters.add(Int64(limit))
            let rows = try connection.query(Self.policies, parameters)
            return (0..<rows.count).map { row in
                PolicyView(
                    sequence: Sequence(rows.int(row, 0)), recordedAt: Timestamp(rows.int(row, 1)),
                    policy: PolicyDetail(
                        modelHash: rows.bytes(row, 2), challengerHash: rows.bytes(row, 3),
                        rules: rows.text(row, 4)),
                    actor: rows.text(row, 5), note: rows.text(row, 6))
            }
        }
    }

    private static let listEntries = Statement(
        "list_entries",
        """
        SELECT subject::bigint, key, until, sequence, recorded_at, actor, note FROM list_entry
        WHERE list = $1::bigint AND sequence < $2::bigint
        ORDER BY sequence DESC LIMIT $3::bigint
        """)

    /// Entries of a list, those put there last first, before an event; entries that ended by themselves are among them.
    public func entries(
        of list: ListName, before: Sequence? = nil, limit: Int
    ) async throws(PostgreSQLError) -> [ListEntryView] {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.add(Int64(list.rawValue))
            parameters.add(before?.rawValue ?? Int64.max)
            parameters.add(Int64(limit))
            let rows = try connection.query(Self.listEntries, parameters)
            var views: [ListEntryView] = []
            for row in 0..<rows.count {
                guard
                    let subject = UInt8(exactly: rows.int(row, 0))
                        .flatMap(ListSubject.init(rawValue:))
                else { continue }
                views.append(
                    ListEntryView(
                        sequence: Sequence(rows.int(row, 3)),
                        recordedAt: Timestamp(rows.int(row, 4)),
                        entry: ListEntry(
                            list: list, subject: subject,
                            key: UInt64(bitPattern: rows.int(row, 1)),
                            until: Timestamp(rows.int(row, 2))),
                        actor: rows.text(row, 5), note: rows.text(row, 6)))
            }
            return views
        }
    }
}

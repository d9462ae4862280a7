public import EventLog
public import PostgreSQL

extension LedgerAudit {
    /// What the tables keep of a policy, apart from who wanted it and why, which the log does not say.
    public struct PolicyRow: Sendable, Equatable {
        /// Of its event.
        public var sequence: Sequence
        /// When it came into force.
        public var recordedAt: Timestamp
        /// What is decided with.
        public var policy: PolicyDetail

        /// A row as it should be, to compare with.
        public init(sequence: Sequence, recordedAt: Timestamp, policy: PolicyDetail) {
            self.sequence = sequence
            self.recordedAt = recordedAt
            self.policy = policy
        }
    }

    /// Where an entry stands: what no two entries share. Numbers, so that those that no build knows can be named.
    public struct ListPlace: Sendable, Hashable {
        /// Number of the list, as on the wire.
        public var list: Int64
        /// What `key` names, as on the wire.
        public var subject: Int64
        /// Number of the account, or token.
        public var key: Int64

        /// A place with its numbers as they are stored.
        public init(list: Int64, subject: Int64, key: Int64) {
            self.list = list
            self.subject = subject
            self.key = key
        }

        /// The place of an entry of the log.
        public init(_ entry: ListEntry) {
            self.init(
                list: Int64(entry.list.rawValue), subject: Int64(entry.subject.rawValue),
                key: Int64(bitPattern: entry.key))
        }
    }

    /// What the tables keep of who is on a list, apart from who wanted it and why, which the log does not say.
    public struct ListRow: Sendable, Equatable {
        /// Which list, and who or what is on it.
        public var place: ListPlace
        /// When it ends by itself; `.none` for never.
        public var until: Timestamp
        /// Of the event that put it there last.
        public var sequence: Sequence
        /// When that was.
        public var recordedAt: Timestamp

        /// A row as it should be, to compare with.
        public init(
            place: ListPlace, until: Timestamp, sequence: Sequence, recordedAt: Timestamp
        ) {
            self.place = place
            self.until = until
            self.sequence = sequence
            self.recordedAt = recordedAt
        }
    }

    private static let policies = Statement(
        "audit_policies",
        """
        SELECT sequence, recorded_at, model_hash, challenger_hash, rules FROM policy
        WHERE sequence > $1::bigint ORDER BY sequence LIMIT $2::bigint
        """)

    /// Up to `limit` policies after an event, the oldest first.
    public static func policies(
        after sequence: Sequence, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [PolicyRow] {
        var parameters = Parameters()
        parameters.add(sequence.rawValue)
        parameters.add(Int64(limit))
        let rows = try connection.query(policies, parameters)
        return (0..<rows.count).map { row in
            PolicyRow(
                sequence: Sequence(rows.int(row, 0)), recordedAt: Timestamp(rows.int(row, 1)),
                policy: PolicyDetail(
                    modelHash: rows.bytes(row, 2), challengerHash: rows.bytes(row, 3),
                    rules: rows.text(row, 4)))
        }
    }

    private static let listEntries = Statement(
        "audit_list_entries",
        """
        SELECT list::bigint, subject::bigint, key, until, sequence, recorded_at FROM list_entry
        WHERE (list, subject, key) > ($1::bigint::smallint, $2::bigint::smallint, $3::bigint)
        ORDER BY list, subject, key LIMIT $4::bigint
        """)

    /// Up to `limit` entries of all lists after one, by their places.
    public static func listEntries(
        after place: ListPlace, limit: Int, _ connection: inout Connection
    ) throws(PostgreSQLError) -> [ListRow] {
        var parameters = Parameters()
        parameters.add(place.list)
        parameters.add(place.subject)
        parameters.add(place.key)
        parameters.add(Int64(limit))
        let rows = try connection.query(listEntries, parameters)
        return (0..<rows.count).map { row in
            ListRow(
                place: ListPlace(
                    list: rows.int(row, 0), subject: rows.int(row, 1), key: rows.int(row, 2)),
                until: Timestamp(rows.int(row, 3)), sequence: Sequence(rows.int(row, 4)),
                recordedAt: Timestamp(rows.int(row, 5)))
        }
    }
}

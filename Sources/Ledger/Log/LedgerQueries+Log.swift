public import EventLog
public import PostgreSQL

extension LedgerQueries {
    /// Where the log stands.
    public func head() async throws(PostgreSQLError) -> LogReader.Head {
        try await pool.run { connection throws(PostgreSQLError) in try LogReader.head(&connection) }
    }

    /// Up to `limit` batches after a batch's last event, in order, with their risk contexts.
    public func batches(
        after sequence: Sequence, limit: Int
    ) async throws(PostgreSQLError) -> [StoredBatch] {
        let contexts = contexts
        return try await pool.run { connection throws(PostgreSQLError) in
            try contexts.use { opener throws(PostgreSQLError) in
                try LogReader.batches(
                    after: sequence, limit: limit, opening: &opener, &connection)
            }
        }
    }

    /// The running hash after the batch that ends with `sequence`; nil if none ends there.
    public func runningHash(at sequence: Sequence) async throws(PostgreSQLError) -> RunningHash? {
        try await pool.run { connection throws(PostgreSQLError) in
            try LogReader.runningHash(at: sequence, &connection)
        }
    }

    private static let boundary = Statement(
        "boundary",
        """
        SELECT first_sequence, last_sequence FROM event_batch WHERE first_sequence <= $1::bigint
        ORDER BY first_sequence DESC LIMIT 1
        """)

    /// The last event of a batch, at or before `sequence`; zero if there is none.
    public func boundary(atOrBefore sequence: Sequence) async throws(PostgreSQLError) -> Sequence {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.add(sequence.rawValue)
            let rows = try connection.query(Self.boundary, parameters)
            guard !rows.isEmpty else { return .zero }
            return Sequence(
                rows.int(0, 1) == sequence.rawValue ? sequence.rawValue : rows.int(0, 0) - 1)
        }
    }

    /// One event with its decision; nil if there is none of that sequence.
    public func alert(at sequence: Sequence) async throws(PostgreSQLError) -> AlertView? {
        try await pool.run { connection throws(PostgreSQLError) in
            try LogReader.batch(holding: sequence, &connection).map { AlertView($0, sequence) }
        }
    }

    private static let alertsAfter = Statement(
        "alerts_after",
        "SELECT sequence FROM alert WHERE sequence > $1::bigint ORDER BY sequence LIMIT $2::bigint")
    private static let alertsBefore = Statement(
        "alerts_before",
        "SELECT sequence FROM alert WHERE sequence < $1::bigint ORDER BY sequence DESC LIMIT $2::bigint"
    )

    /// Alerts after an event, oldest first, or before one, newest first.
    public func alerts(
        after: Sequence? = nil, before: Sequence? = nil, limit: Int
    ) async throws(PostgreSQLError) -> [AlertView] {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.add(after?.rawValue ?? before?.rawValue ?? Int64.max)
            parameters.add(Int64(min(max(limit, 1), 1_000)))
            let statement = after != nil ? Self.alertsAfter : Self.alertsBefore
            var sequences: [Sequence] = []
            do {
                let rows = try connection.query(statement, parameters)
                for row in 0..<rows.count { sequences.append(Sequence(rows.int(row, 0))) }
            }
            var views: [AlertView] = []
            var batch: EventBatch?
            for sequence in sequences {
                let isHeld = batch.map {
                    $0.firstSequence <= sequence && sequence <= $0.lastSequence
                }
                if isHeld != true { batch = try LogReader.batch(holding: sequence, &connection) }
                if let batch { views.append(AlertView(batch, sequence)) }
            }
            return views
        }
    }

    private static let renewLease = Statement(
        "renew_lease",
        """
        UPDATE lease SET holder = $1::text, token = CASE WHEN holder = $1 THEN token ELSE token + 1 END,
            expires_at = clock_timestamp() + make_interval(secs => $2::bigint / 1000.0),
            engine_seen_at = greatest(engine_seen_at, $3::bigint)
        WHERE name = 'publisher' AND (holder = $1 OR expires_at < clock_timestamp())
        RETURNING token
        """)
    private static let releaseLease = Statement(
        "release_lease",
        "UPDATE lease SET expires_at = '-infinity' WHERE name = 'publisher' AND holder = $1::text")
    private static let readLease = Statement(
        "read_lease", "SELECT engine_seen_at FROM lease WHERE name = 'publisher'")

    /// Takes or keeps the publisher's lease and records when the engine was last heard of. Returns the fencing token;
    /// nil if another process holds the lease.
    public func renewPublisherLease(
        holder: String, milliseconds: Int64, engineSeenAt: Timestamp
    ) async throws(PostgreSQLError) -> Int64? {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.add(holder)
            parameters.add(milliseconds)
            parameters.add(engineSeenAt.rawValue)
            let rows = try connection.query(Self.renewLease, parameters)
            return rows.isEmpty ? nil : rows.int(0, 0)
        }
    }

    /// Gives the lease up at once, so that another process need not wait for its end.
    public func releasePublisherLease(holder: String) async throws(PostgreSQLError) {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.add(holder)
            _ = try connection.query(Self.releaseLease, parameters)
        }
    }

    /// When the lease's holder last heard of an engine.
    public func engineSeenAt() async throws(PostgreSQLError) -> Timestamp {
        try await pool.run { connection throws(PostgreSQLError) in
            let rows = try connection.query(Self.readLease)
            return rows.isEmpty ? .none : Timestamp(rows.int(0, 0))
        }
    }
}

extension AlertView {
    init(_ batch: EventBatch, _ sequence: Sequence) {
        let index = Int(sequence.rawValue - batch.firstSequence.rawValue)
        self.init(
            event: batch.event(at: index), decision: batch.decisions.value(at: index),
            detail: batch.decisionDetails.value(at: index))
    }
}

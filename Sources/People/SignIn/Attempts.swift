internal import EventLog
internal import Identity
internal import PostgreSQL
internal import Vault

/// Counts who fails to sign in. An attempt counts as failed before its password is looked at, and no longer once it is
/// right: many at once gain nothing.
struct Attempts: Sendable {
    // First ones must be there to be locked, in one order.
    private static let begin = Statement(
        "people.attempts.begin",
        """
        INSERT INTO attempt (lookup, failures, failed_at)
        SELECT lookup, 0, 0 FROM unnest($1::bytea[]) AS asked (lookup) ORDER BY lookup
        ON CONFLICT DO NOTHING
        """)
    private static let read = Statement(
        "people.attempts",
        """
        SELECT lookup, failures, failed_at FROM attempt WHERE lookup = ANY($1::bytea[])
        ORDER BY lookup FOR UPDATE
        """)
    private static let write = Statement(
        "people.attempt",
        "UPDATE attempt SET failures = $2, failed_at = $3 WHERE lookup = $1")
    private static let forget = Statement(
        "people.attempt.forget", "DELETE FROM attempt WHERE lookup = ANY($1::bytea[])")
    private static let undo = Statement(
        "people.attempt.undo", "UPDATE attempt SET failures = failures - 1 WHERE lookup = $1")

    private struct Counter: Sendable {
        let index: [UInt8]
        let limit: AttemptLimit
        /// Others count on it, too: who is right does not wipe out that they were wrong.
        let isShared: Bool
    }
    private let counters: [Counter]

    /// Attempts at what `account` stands for, known or not, from an address.
    ///
    /// - Parameter act: what is attempted; each has counters of its own.
    init(_ act: String, account: String?, address: String, _ key: LookupKey) {
        var counters = [
            Counter(
                index: key.index(of: address, kind: "attempt.address.\(act)"), limit: .address,
                isShared: true)
        ]
        if let account {
            counters += [
                Counter(
                    index: key.index(of: account, kind: "attempt.account.\(act)"), limit: .account,
                    isShared: false),
                Counter(
                    index: key.index(of: "\(account) \(address)", kind: "attempt.both.\(act)"),
                    limit: .accountFromAddress, isShared: false),
            ]
        }
        self.counters = counters
    }

    /// Attempts at a person's second factor, by somebody who has shown a first one.
    init(secondFactorOf person: PersonID, _ key: LookupKey) {
        counters = [
            Counter(
                index: key.index(of: "\(person)", kind: "attempt.factor"), limit: .secondFactor,
                isShared: false)
        ]
    }

    /// Counts one more. Returns seconds to wait instead, if it is too early for another.
    func begin(
        at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> Int64 {
        let indexes = Parameters { $0.addBytesArray(counters) { $0.index } }
        _ = try connection.query(Self.begin, indexes)
        let rows = try connection.query(Self.read, indexes)
        var states: [[UInt8]: AttemptLimit.State] = [:]
        for row in 0..<rows.count {
            states[rows.bytes(row, 0)] = AttemptLimit.State(
                failures: Int32(rows.int(row, 1)), failedAt: rows.moment(row, 2))
        }
        let wait = counters.map { $0.limit.wait(states[$0.index] ?? .init(), at: now) }.max() ?? 0
        guard wait == 0 else { return wait }
        for counter in counters {
            let state = counter.limit.failed(states[counter.index] ?? .init(), at: now)
            let parameters = Parameters {
                $0.add(counter.index)
                $0.add(state.failures)
                $0.add(state.failedAt)
            }
            _ = try connection.query(Self.write, parameters)
        }
        return 0
    }

    /// Counts an attempt, looks whether it is right, and forgets failures if it is. Refused, and not looked at, if it is
    /// too early for another.
    func judge(
        at now: Timestamp, on connection: inout Connection,
        _ isRight: (inout Connection) throws(PostgreSQLError) -> Bool
    ) throws(PostgreSQLError) -> Result<Bool, PeopleError> {
        let wait = try begin(at: now, on: &connection)
        guard wait == 0 else { return .failure(.tooManyAttempts(wait)) }
        guard try isRight(&connection) else { return .success(false) }
        try succeed(on: &connection)
        return .success(true)
    }

    /// It was right: the account's failures are forgotten, and the address's are as before.
    func succeed(on connection: inout Connection) throws(PostgreSQLError) {
        let own = counters.filter { !$0.isShared }
        _ = try connection.query(
            Self.forget, Parameters { $0.addBytesArray(own) { $0.index } })
        for counter in counters where counter.isShared {
            _ = try connection.query(Self.undo, Parameters { $0.add(counter.index) })
        }
    }
}

internal import EventLog
internal import Foundation
internal import Identity
internal import Notices
internal import People
internal import PostgreSQL
internal import Statements

/// Tells people, once a month is over, that its statement can be fetched, if there were movements in it. Which month is next
/// is kept by the database: each person is told once, by whichever process gets to it.
struct StatementNotices: Sendable {
    let people: People

    /// People looked at in one transaction.
    private static let limit: Int64 = 200
    /// Seconds after a month's end, so that nothing of it is still being committed.
    private static let graceSeconds: Int64 = 60

    /// Looked at each second: without a lock it writes nothing.
    private static let month = PostgreSQL.Statement(
        "statements.month", "SELECT month_start FROM statement_place")
    private static let place = PostgreSQL.Statement(
        "statements.place",
        "SELECT month_start, person_id FROM statement_place FOR UPDATE SKIP LOCKED")
    private static let setPlace = PostgreSQL.Statement(
        "statements.place.set", "UPDATE statement_place SET month_start = $1, person_id = $2")
    /// Who comes next, and whether the balance of a wallet or pocket of theirs moved from one event to another: the month's
    /// events are found by the batches' times, which go up with their sequences.
    private static let next = PostgreSQL.Statement(
        "statements.next",
        """
        WITH range AS (
            SELECT (SELECT first_sequence FROM event_batch WHERE recorded_at >= $2
                    ORDER BY recorded_at, first_sequence LIMIT 1) AS first,
                coalesce((SELECT first_sequence FROM event_batch WHERE recorded_at >= $3
                    ORDER BY recorded_at, first_sequence LIMIT 1), 9223372036854775807) AS after),
        person AS (
            SELECT DISTINCT person_id FROM wallet WHERE $1::uuid IS NULL OR person_id > $1::uuid
            ORDER BY person_id LIMIT $4::bigint)
        SELECT p.person_id, EXISTS (
            SELECT 1 FROM range r CROSS JOIN (
                SELECT account FROM wallet WHERE person_id = p.person_id
                UNION ALL SELECT account FROM pocket WHERE person_id = p.person_id) own
            JOIN account a ON a.public_id = own.account
            JOIN entry e ON e.account_id = a.id AND e.sequence >= r.first AND e.sequence < r.after
            WHERE e.posted <> coalesce((
                SELECT b.posted FROM entry b
                WHERE b.account_id = e.account_id AND b.sequence < e.sequence
                ORDER BY b.sequence DESC LIMIT 1), 0))
        FROM person p ORDER BY p.person_id
        """)

    /// Goes on until everybody was told of all months that are over.
    func catchUp(at now: Timestamp) async throws(PeopleError) {
        while try await step(at: now) {}
    }

    /// One transaction. Returns whether there may be more.
    private func step(at now: Timestamp) async throws(PeopleError) -> Bool {
        try await people.enact { connection, acts throws(PostgreSQLError) -> People.Answer<Bool> in
            let looked = try connection.query(Self.month)
            guard !looked.isEmpty, Self.over(looked.moment(0, 0), at: now) != nil else {
                return .success(false)
            }
            let place = try connection.query(Self.place)
            guard !place.isEmpty, let month = Self.over(place.moment(0, 0), at: now) else {
                return .success(false)
            }
            let start = month.start
            let told: PersonID? = place.optionalIdentifier(0, 1)
            let rows = try connection.query(
                Self.next,
                Parameters {
                    $0.add(told)
                    $0.add(start)
                    $0.add(month.end)
                    $0.add(Self.limit)
                })
            var last: PersonID?
            for row in 0..<rows.count {
                let person: PersonID = rows.identifier(row, 0)
                last = person
                if rows.bool(row, 1) {
                    acts.tell(person, .statementReady("\(month)"), once: "statement \(month)")
                }
            }
            let isWhole = rows.count < Int(Self.limit)
            _ = try connection.query(
                Self.setPlace,
                Parameters {
                    $0.add(isWhole ? month.end : start)
                    $0.add(isWhole ? nil : last)
                })
            return .success(true)
        }
    }

    /// The month that begins at a moment; nil if it is not over.
    private static func over(_ start: Timestamp, at now: Timestamp) -> CalendarMonth? {
        CalendarMonth(startingAt: start)
            .flatMap { $0.end.adding(seconds: graceSeconds) <= now ? $0 : nil }
    }
}

extension CalendarMonth {
    /// The month that begins at a moment; nil if none does.
    init?(startingAt start: Timestamp) {
        guard let month = try? CalendarMonth(String(start.rfc3339().prefix(7))),
            month.start == start
        else { return nil }
        self = month
    }
}

internal import EventLog
internal import Identity
internal import PostgreSQL

/// Gives committed notices their numbers in the feeds and queues a delivery for each target. Apart from whoever enqueues,
/// so that these write one row and hold no lock: here people's preferences and targets are read, and feeds are locked.
struct NoticeSpread {
    /// What was spread at once.
    struct Outcome: Sendable {
        /// How many notices.
        var count = 0
        /// Whose feeds are longer now, and up to which number.
        var feeds: [PersonID: Int64] = [:]
        /// On which channels something waits now.
        var channels: Set<NoticeChannel> = []
        /// Whether another process was at it, so that nothing was done.
        var isBusy = false
    }

    let addressing: any NoticeAddressing
    /// The channels that are set up; others get nothing.
    let channels: NoticeChannels
    let limit: Int64

    // Deliveries of a contact that the notice names have no target of their own.
    private static let ownContact = TransferID.none

    private struct Waiting {
        let id: NoticeID
        let person: PersonID?
        let kind: NoticeKind
        let contactKind: ContactPoint.Kind?
        let createdAt: Timestamp
    }
    private struct Delivery {
        let notice: NoticeID
        let channel: NoticeChannel
        let target: TransferID
        let expiresAt: Timestamp
    }

    /// Only one process spreads at a time: two would wait for each other's feeds.
    private static let lock = Statement(
        "notices.spread.lock", "SELECT pg_try_advisory_xact_lock(7234983)")
    private static let waiting = Statement(
        "notices.spread.waiting",
        """
        SELECT id, person_id, kind, contact_kind, created_at FROM notice
        WHERE spread_at IS NULL AND kind = ANY($2::smallint[]) ORDER BY created_at, id LIMIT $1
        """)
    private static let lengthen = Statement(
        "notices.spread.lengthen",
        """
        INSERT INTO notice_feed AS feed (person_id, last_number)
        SELECT person_id, count FROM unnest($1::uuid[], $2::bigint[]) AS longer (person_id, count)
        ORDER BY person_id
        ON CONFLICT (person_id) DO UPDATE SET last_number = feed.last_number + excluded.last_number
        RETURNING person_id, last_number
        """)
    private static let number = Statement(
        "notices.spread.number",
        """
        UPDATE notice SET spread_at = $3, feed_number = numbered.number
        FROM unnest($1::uuid[], $2::bigint[]) AS numbered (id, number)
        WHERE notice.id = numbered.id
        """)
    private static let deliver = Statement(
        "notices.spread.deliver",
        """
        INSERT INTO notice_delivery
            (notice_id, channel, target_id, state, attempts, due_at, expires_at, error)
        SELECT notice_id, channel, target_id, 1, 0, $5, expires_at, ''
        FROM unnest($1::uuid[], $2::smallint[], $3::uuid[], $4::bigint[])
            AS new (notice_id, channel, target_id, expires_at)
        ON CONFLICT DO NOTHING
        """)

    /// Spreads those that wait, the oldest first, at most so many as the limit says. To be called in a transaction.
    func run(at now: Timestamp, in connection: inout Connection) throws(PostgreSQLError) -> Outcome
    {
        guard try connection.query(Self.lock).bool(0, 0) else { return Outcome(isBusy: true) }
        let notices = try waiting(&connection)
        if notices.isEmpty { return Outcome() }
        let people = Array(Set(notices.compactMap(\.person)))
        let preferences = try NoticePreferences.all(of: people, on: &connection)
        let targets = try PushTargets.all(of: people, on: &connection)
        var contacts: [PersonID: [NoticeContact]] = [:]

        var outcome = Outcome(count: notices.count)
        var listed: [NoticeID: PersonID] = [:]
        var deliveries: [Delivery] = []
        for notice in notices {
            let expiresAt = notice.createdAt.adding(seconds: notice.kind.lifeSeconds)
            func deliver(_ channel: NoticeChannel, _ target: TransferID) {
                guard channels.contains(channel) else { return }
                outcome.channels.insert(channel)
                deliveries.append(
                    Delivery(
                        notice: notice.id, channel: channel, target: target,
                        expiresAt: expiresAt))
            }
            if let kind = notice.contactKind {
                deliver(kind == .email ? .email : .text, Self.ownContact)
                continue
            }
            guard let person = notice.person else { continue }
            let wanted = (preferences[person] ?? NoticePreferences()).channels(for: notice.kind)
            if wanted.contains(.feed) { listed[notice.id] = person }
            for (channel, id) in targets[person] ?? [] where wanted.contains(channel) {
                deliver(channel, id.uuid)
            }
            guard !wanted.isDisjoint(with: [.email, .text]) else { continue }
            if contacts[person] == nil {
                contacts[person] = try addressing.contacts(of: person, on: &connection)
            }
            for contact in Self.chosen(of: contacts[person] ?? [], for: notice.kind) {
                let channel: NoticeChannel = contact.point.kind == .email ? .email : .text
                if wanted.contains(channel) { deliver(channel, contact.id.uuid) }
            }
        }
        let numbers = try lengthenFeeds(notices.compactMap { listed[$0.id] }, &connection)
        outcome.feeds = numbers.mapValues(\.last)
        try number(notices, listed, numbers, at: now, &connection)
        try queue(deliveries, at: now, &connection)
        return outcome
    }

    /// The first contact of each kind; all of them for what concerns the account's security, for an intruder may have
    /// put one of their own first.
    private static func chosen(
        of contacts: [NoticeContact], for kind: NoticeKind
    ) -> [NoticeContact] {
        if kind.isSecurity { return contacts }
        return ContactPoint.Kind.allCases.compactMap { kind in
            contacts.first { $0.point.kind == kind }
        }
    }

    private func waiting(_ connection: inout Connection) throws(PostgreSQLError) -> [Waiting] {
        // Kinds of a newer build are left to that one.
        let rows = try connection.query(
            Self.waiting,
            Parameters {
                $0.add(limit)
                $0.addInt16Array(NoticeKind.allCases) { $0.rawValue }
            })
        var notices: [Waiting] = []
        for row in 0..<rows.count {
            guard let kind = rows.kind(row, 2) else { continue }
            notices.append(
                Waiting(
                    id: rows.identifier(row, 0), person: rows.optionalIdentifier(row, 1),
                    kind: kind,
                    contactKind: rows.isNull(row, 3)
                        ? nil : ContactPoint.Kind(rawValue: rows.small(row, 3)),
                    createdAt: rows.moment(row, 4)))
        }
        return notices
    }

    /// Room for new numbers in feeds, whose rows stay locked until the commit: numbers are in the order of commits.
    private func lengthenFeeds(
        _ people: [PersonID], _ connection: inout Connection
    ) throws(PostgreSQLError) -> [PersonID: (first: Int64, last: Int64)] {
        if people.isEmpty { return [:] }
        let counts = people.reduce(into: [:]) { $0[$1, default: Int64(0)] += 1 }
        let rows = try connection.query(
            Self.lengthen,
            Parameters {
                $0.addIdentifiers(counts.map(\.key))
                $0.addArray(counts.map(\.value)) { $0 }
            })
        var numbers: [PersonID: (first: Int64, last: Int64)] = [:]
        for row in 0..<rows.count {
            let person: PersonID = rows.identifier(row, 0)
            let last = rows.int(row, 1)
            numbers[person] = (last - (counts[person] ?? 0) + 1, last)
        }
        return numbers
    }

    private func number(
        _ notices: [Waiting], _ listed: [NoticeID: PersonID],
        _ numbers: [PersonID: (first: Int64, last: Int64)], at now: Timestamp,
        _ connection: inout Connection
    ) throws(PostgreSQLError) {
        var next = numbers.mapValues(\.first)
        let given = notices.map { notice -> Int64? in
            guard let person = listed[notice.id], let number = next[person] else { return nil }
            next[person] = number + 1
            return number
        }
        _ = try connection.query(
            Self.number,
            Parameters {
                $0.addIdentifiers(notices.map(\.id))
                $0.addOptionalArray(given) { $0 }
                $0.add(now)
            })
    }

    private func queue(
        _ deliveries: [Delivery], at now: Timestamp, _ connection: inout Connection
    ) throws(PostgreSQLError) {
        if deliveries.isEmpty { return }
        _ = try connection.query(
            Self.deliver,
            Parameters {
                $0.addIdentifiers(deliveries.map(\.notice))
                $0.addInt16Array(deliveries) { $0.channel.rawValue }
                $0.addUUIDArray(deliveries) { ($0.target.high, $0.target.low) }
                $0.addArray(deliveries) { $0.expiresAt.rawValue }
                $0.add(now)
            })
    }
}

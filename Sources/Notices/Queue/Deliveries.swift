public import EventLog
public import PostgreSQL

/// Which copy of a notice.
public struct DeliveryKey: Sendable, Hashable {
    /// Which notice.
    public let notice: NoticeID
    /// On which channel.
    public let channel: NoticeChannel
    /// A push target's or a contact's identifier; none for a contact that the notice names itself.
    public let target: TransferID

    /// A key.
    public init(notice: NoticeID, channel: NoticeChannel, target: TransferID) {
        self.notice = notice
        self.channel = channel
        self.target = target
    }
}

/// What has become of a delivery. Raw values are the database's.
public enum DeliveryState: Int16, Sendable {
    case queued = 1
    case sent = 2
    /// Its provider or its target will never take it.
    case failed = 3
    /// Given up after too many attempts, or because it came too late.
    case dead = 4
}

/// A delivery as the operators see it: nothing of what it says, nor to whom.
public struct ListedDelivery: Sendable, Equatable {
    /// Which one.
    public let key: DeliveryKey
    /// What the notice is about.
    public let kind: NoticeKind
    /// What has become of it.
    public let state: DeliveryState
    /// How often it was tried.
    public let attempts: Int32
    /// What the last attempt ended with; empty if all is well.
    public let error: String
    /// When what it tells of took place.
    public let createdAt: Timestamp
}

/// What operators do with deliveries. All functions work on the caller's connection.
public enum Deliveries {
    private static let list = Statement(
        "notices.deliveries",
        """
        SELECT delivery.notice_id, delivery.channel, delivery.target_id, notice.kind,
            delivery.state, delivery.attempts, delivery.error, notice.created_at
        FROM notice_delivery AS delivery JOIN notice ON notice.id = delivery.notice_id
        WHERE delivery.state = $1::int AND delivery.notice_id > $2
        ORDER BY delivery.notice_id, delivery.channel, delivery.target_id LIMIT $3
        """)
    private static let ofNotice = Statement(
        "notices.deliveries_of_notice",
        """
        SELECT delivery.notice_id, delivery.channel, delivery.target_id, notice.kind,
            delivery.state, delivery.attempts, delivery.error, notice.created_at
        FROM notice_delivery AS delivery JOIN notice ON notice.id = delivery.notice_id
        WHERE delivery.notice_id = $1 ORDER BY delivery.channel, delivery.target_id
        """)
    private static let requeue = Statement(
        "notices.delivery.requeue",
        """
        UPDATE notice_delivery SET state = 1, attempts = 0, due_at = $4, expires_at = $5
        WHERE notice_id = $1 AND channel = $2::int AND target_id = $3 AND state IN (3, 4)
        RETURNING true
        """)
    private static let count = Statement(
        "notices.delivery.count",
        "SELECT state, count(*) FROM notice_delivery WHERE state IN (1, 4) GROUP BY state")

    /// Those in a state, by notice, the oldest first.
    ///
    /// - Parameter after: Only those of notices behind this one; nil for all.
    public static func all(
        _ state: DeliveryState, after notice: NoticeID? = nil, limit: Int64,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> [ListedDelivery] {
        listed(
            try connection.query(
                list,
                Parameters {
                    $0.add(Int32(state.rawValue))
                    $0.add(notice ?? NoticeID(.none))
                    $0.add(limit)
                }))
    }

    /// Those of one notice.
    public static func all(
        of notice: NoticeID, on connection: inout Connection
    ) throws(PostgreSQLError) -> [ListedDelivery] {
        listed(try connection.query(ofNotice, Parameters { $0.add(notice) }))
    }

    /// Tries one that failed or is dead again from the beginning; false if it is neither.
    ///
    /// - Parameter lifeSeconds: For how long it is of use again.
    public static func requeue(
        _ key: DeliveryKey, at now: Timestamp, lifeSeconds: Int64 = 86_400,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        try !connection.query(
            requeue,
            Parameters {
                $0.add(key)
                $0.add(now)
                $0.add(now.adding(seconds: lifeSeconds))
            }
        ).isEmpty
    }

    /// How many wait and how many are dead, to be watched.
    public static func counts(
        on connection: inout Connection
    ) throws(PostgreSQLError) -> (queued: Int64, dead: Int64) {
        let rows = try connection.query(count)
        var counts: (queued: Int64, dead: Int64) = (0, 0)
        for row in 0..<rows.count {
            switch DeliveryState(rawValue: rows.small(row, 0)) {
            case .queued: counts.queued = rows.int(row, 1)
            case .dead: counts.dead = rows.int(row, 1)
            default: break
            }
        }
        return counts
    }

    private static func listed(_ rows: borrowing Rows) -> [ListedDelivery] {
        var deliveries: [ListedDelivery] = []
        for row in 0..<rows.count {
            guard let channel = rows.channel(row, 1), let kind = rows.kind(row, 3),
                let state = DeliveryState(rawValue: rows.small(row, 4))
            else { continue }
            let target: PushTargetID = rows.identifier(row, 2)
            deliveries.append(
                ListedDelivery(
                    key: DeliveryKey(
                        notice: rows.identifier(row, 0), channel: channel, target: target.uuid),
                    kind: kind, state: state, attempts: Int32(clamping: rows.int(row, 5)),
                    error: rows.text(row, 6), createdAt: rows.moment(row, 7)))
        }
        return deliveries
    }
}

internal import EventLog
internal import Identity
internal import PostgreSQL

/// A delivery that a courier has until its lease ends.
struct ClaimedDelivery: Sendable {
    let key: DeliveryKey
    /// The number of this attempt, from 1; nobody else has it.
    let attempt: Int32
    let expiresAt: Timestamp
    /// What is to be sent where; nil if it cannot be had any more.
    let notice: OutgoingNotice?
    /// Why it cannot.
    let hindrance: String
}

/// Reads and writes deliveries.
struct DeliveryRows {
    let sealing: any NoticeSealing
    let addressing: any NoticeAddressing

    /// Takes due ones of a channel for as long as a lease, past those that others are taking.
    private static let claim = Statement(
        "notices.delivery.claim",
        """
        WITH due AS (
            SELECT notice_id, channel, target_id FROM notice_delivery
            WHERE state = 1 AND channel = $1::int AND due_at <= $2
            ORDER BY due_at LIMIT $4 FOR UPDATE SKIP LOCKED),
        taken AS (
            UPDATE notice_delivery AS delivery
            SET attempts = delivery.attempts + 1, due_at = $3
            FROM due WHERE delivery.notice_id = due.notice_id
                AND delivery.channel = due.channel AND delivery.target_id = due.target_id
            RETURNING delivery.notice_id, delivery.target_id, delivery.attempts,
                delivery.expires_at)
        SELECT taken.notice_id, taken.target_id, taken.attempts, taken.expires_at,
            notice.person_id, notice.kind, notice.sealed, notice.created_at,
            notice.contact_kind IS NOT NULL, target.sealed
        FROM taken JOIN notice ON notice.id = taken.notice_id
        LEFT JOIN push_target AS target ON target.id = taken.target_id
        """)
    /// Only while the claim is the last one: a courier whose lease ended may come late.
    private static let settle = Statement(
        "notices.delivery.settle",
        """
        UPDATE notice_delivery SET state = $5::int, due_at = $6, error = $7, sent_at = $8
        WHERE notice_id = $1 AND channel = $2::int AND target_id = $3 AND attempts = $4
            AND state = 1
        RETURNING true
        """)

    func claim(
        _ channel: NoticeChannel, at now: Timestamp, leaseSeconds: Int64, limit: Int64,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> [ClaimedDelivery] {
        let rows = try connection.query(
            Self.claim,
            Parameters {
                $0.add(Int32(channel.rawValue))
                $0.add(now)
                $0.add(now.adding(seconds: leaseSeconds))
                $0.add(limit)
            })
        var deliveries: [ClaimedDelivery] = []
        for row in 0..<rows.count {
            deliveries.append(try delivery(rows, row, channel, &connection))
        }
        return deliveries
    }

    private func delivery(
        _ rows: borrowing Rows, _ row: Int, _ channel: NoticeChannel,
        _ connection: inout Connection
    ) throws(PostgreSQLError) -> ClaimedDelivery {
        let id: NoticeID = rows.identifier(row, 0)
        let target: PushTargetID = rows.identifier(row, 1)
        let person: PersonID? = rows.optionalIdentifier(row, 4)
        let expiresAt = rows.moment(row, 3)
        let key = DeliveryKey(notice: id, channel: channel, target: target.uuid)
        func made(_ notice: OutgoingNotice?, _ hindrance: String = "") -> ClaimedDelivery {
            ClaimedDelivery(
                key: key, attempt: Int32(clamping: rows.int(row, 2)), expiresAt: expiresAt,
                notice: notice, hindrance: hindrance)
        }
        guard let kind = rows.kind(row, 5),
            let plain = try sealing.open(
                rows.bytes(row, 6), for: person, as: id.sealedField, on: &connection),
            let (content, contact) = NoticeContent.decoded(kind, plain)
        else { return made(nil, "erased") }

        let place: DeliveryTarget
        if rows.bool(row, 8) {
            guard let point = contact.flatMap({ ContactPoint($0) }) else {
                return made(nil, "contact_malformed")
            }
            place = .contact(point)
        } else if channel == .email || channel == .text {
            let contacts =
                if let person { try addressing.contacts(of: person, on: &connection) } else {
                    [NoticeContact]()
                }
            guard let found = contacts.first(where: { $0.id.uuid == target.uuid }) else {
                return made(nil, "contact_gone")
            }
            place = .contact(found.point)
        } else {
            guard !rows.isNull(row, 9) else { return made(nil, "target_gone") }
            guard
                let plain = try sealing.open(
                    rows.bytes(row, 9), for: person, as: target.sealedField, on: &connection),
                let address = PushAddress(channel, encoded: plain)
            else { return made(nil, "erased") }
            place = .device(address)
        }
        return made(
            OutgoingNotice(
                id: id, content: content, target: place, createdAt: rows.moment(row, 7),
                expiresAt: expiresAt))
    }

    /// Keeps what follows; false if another courier has taken it since.
    static func settle(
        _ claimed: ClaimedDelivery, _ step: DeliveryStep, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        let (state, dueAt, code): (DeliveryState, Timestamp, String) =
            switch step {
            case .sent: (.sent, now, "")
            case .again(let at, let code): (.queued, at, code)
            case .failed(let code): (.failed, now, code)
            case .dead(let code): (.dead, now, code)
            }
        return try !connection.query(
            settle,
            Parameters {
                $0.add(claimed.key)
                $0.add(claimed.attempt)
                $0.add(Int32(state.rawValue))
                $0.add(dueAt)
                $0.add(code)
                if state == .sent { $0.add(now) } else { $0.add(null: ()) }
            }
        ).isEmpty
    }
}

extension Parameters {
    mutating func add(_ key: DeliveryKey) {
        add(key.notice)
        add(Int32(key.channel.rawValue))
        add(uuidHigh: key.target.high, low: key.target.low)
    }
}

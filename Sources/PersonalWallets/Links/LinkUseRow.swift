internal import EventLog
internal import PostgreSQL

/// A payment at a link, as the database has it before and after it is made: one request takes one use.
struct LinkUseRow: Sendable {
    /// What has come of it. Raw values are the database's.
    enum State: Int16, Sendable {
        /// It may be paid, now or later.
        case taken = 1
        case paid = 2
        case givenBack = 3
    }
    var transfer: TransferID
    var link: PaymentLinkID
    var state: State

    private static let columns = "transfer_id, link_id, state"
    private static let insert = Statement(
        "link_use.insert",
        """
        INSERT INTO payment_link_use (transfer_id, link_id, key, state, looked_at)
        VALUES ($1, $2, $3, 1, $4)
        """)
    private static let byKey = Statement(
        "link_use.by_key",
        "SELECT \(columns) FROM payment_link_use WHERE link_id = $1 AND key = $2")
    private static let byTransfer = Statement(
        "link_use.by_transfer", "SELECT \(columns) FROM payment_link_use WHERE transfer_id = $1")
    private static let update = Statement(
        "link_use.update", "UPDATE payment_link_use SET state = $2::int WHERE transfer_id = $1")
    // Taken anew, it is as young as one that is taken for the first time: what comes of it is not looked for yet.
    private static let retake = Statement(
        "link_use.retake",
        "UPDATE payment_link_use SET state = 1, looked_at = $2 WHERE transfer_id = $1")
    private static let look = Statement(
        "link_use.look",
        """
        UPDATE payment_link_use SET looked_at = $2 WHERE transfer_id IN (
            SELECT transfer_id FROM payment_link_use WHERE state = 1 AND looked_at < $1
            ORDER BY looked_at LIMIT 100 FOR UPDATE SKIP LOCKED)
        RETURNING \(columns)
        """)
    private static let forget = Statement(
        "link_use.forget", "DELETE FROM payment_link_use WHERE state <> 1 AND looked_at < $1")

    private static func all(_ rows: borrowing Rows) -> [LinkUseRow] {
        var found: [LinkUseRow] = []
        for row in 0..<rows.count {
            guard let state = State(rawValue: Int16(rows.int(row, 2))) else { continue }
            found.append(
                LinkUseRow(
                    transfer: rows.transfer(row, 0), link: rows.identifier(row, 1), state: state))
        }
        return found
    }

    /// The use that a request took before; nil if it took none.
    static func find(
        _ link: PaymentLinkID, key: TransferID, on connection: inout Connection
    ) throws(PostgreSQLError) -> LinkUseRow? {
        all(
            try connection.query(
                byKey,
                Parameters {
                    $0.add(link)
                    $0.add(key)
                })
        ).first
    }

    /// Takes a use of a link for a request, or the one that it had before. Returns the transfer that is to pay it; nil if
    /// none is left.
    ///
    /// - Parameters:
    ///   - key: digest of the request's key; nil for one that is another each time.
    ///   - transfer: what is to pay it, unless the request took one before.
    static func take(
        of link: LinkRow, key: TransferID?, transfer: TransferID, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> TransferID? {
        try LinkRow.lock(link.id, on: &connection)
        var earlier: LinkUseRow?
        if let key { earlier = try find(link.id, key: key, on: &connection) }
        if let earlier, earlier.state != .givenBack { return earlier.transfer }
        guard try link.take(at: now, on: &connection) else { return nil }
        if let earlier {
            try earlier.retake(at: now, on: &connection)
            return earlier.transfer
        }
        _ = try connection.query(
            insert,
            Parameters {
                $0.add(transfer)
                $0.add(link.id)
                $0.add(key)
                $0.add(now)
            })
        return transfer
    }

    /// Writes down what has come of a use. One that was given back and is paid nevertheless, by the same request at the
    /// same time, counts.
    static func settle(
        _ transfer: TransferID, as state: State, on connection: inout Connection
    ) throws(PostgreSQLError) {
        // The link first, as whoever takes a use does.
        guard let seen = try find(transfer, on: &connection) else { return }
        try LinkRow.lock(seen.link, on: &connection)
        guard let use = try find(transfer, on: &connection), use.state != .paid,
            use.state != state
        else { return }
        switch (use.state, state) {
        case (.taken, .givenBack): try LinkRow.giveBack(use.link, on: &connection)
        case (.givenBack, _): try LinkRow.takeAgain(use.link, on: &connection)
        default: break
        }
        try use.become(state, on: &connection)
    }

    private func retake(
        at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            Self.retake,
            Parameters {
                $0.add(transfer)
                $0.add(now)
            })
    }

    private static func find(
        _ transfer: TransferID, on connection: inout Connection
    ) throws(PostgreSQLError) -> LinkUseRow? {
        all(try connection.query(byTransfer, Parameters { $0.add(transfer) })).first
    }

    private func become(
        _ state: State, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            Self.update,
            Parameters {
                $0.add(transfer)
                $0.add(state.rawValue)
            })
    }

    /// Uses of which nobody has looked since a moment what came of them.
    static func unsettled(
        since moment: Timestamp, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> [LinkUseRow] {
        all(
            try connection.query(
                look,
                Parameters {
                    $0.add(moment)
                    $0.add(now)
                }))
    }

    /// Forgets what became of uses whose requests are known no longer.
    static func forget(
        before moment: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(forget, Parameters { $0.add(moment) })
    }
}

internal import EventLog
internal import Identity
internal import Ledger
internal import Notices
internal import People
internal import PostgreSQL

/// Tells people of what became of their payments, and of limits of their wallets. Follows the event log by a place that the database keeps, so that each
/// event is told of once, by whichever process gets to it; no payment waits for it.
struct PaymentNotices: Sendable {
    let people: People

    /// Events looked at in one transaction.
    private static let limit = 500
    private static let place = Statement(
        "notices.place", "SELECT sequence FROM notice_place FOR UPDATE SKIP LOCKED")
    private static let setPlace = Statement(
        "notices.place.set", "UPDATE notice_place SET sequence = $1")
    private static let owners = Statement(
        "notices.owners",
        """
        SELECT a.id, w.person_id FROM account a JOIN wallet w ON w.account = a.public_id
        WHERE a.id = ANY($1::bigint[])
        """)

    /// Goes on until nothing more is there; false if another process is at it.
    func catchUp() async throws(PeopleError) {
        while try await step() {}
    }

    /// One transaction. Returns whether there may be more.
    private func step() async throws(PeopleError) -> Bool {
        return try await people.enact {
            connection, acts throws(PostgreSQLError) -> People.Answer<Bool> in
            let rows = try connection.query(Self.place)
            guard !rows.isEmpty else { return .success(false) }
            let place = Sequence(rows.int(0, 0))
            let batches = try LogReader.batches(after: place, limit: Self.limit, &connection)
            guard let last = batches.last?.lastSequence else { return .success(false) }
            var told: [Told] = []
            for stored in batches {
                guard let events = try? EventBatch(encoded: stored.payload) else { continue }
                for index in 0..<events.count {
                    if let one = Told(events, index) { told.append(one) }
                }
            }
            if !told.isEmpty { try tell(told, &acts, on: &connection) }
            _ = try connection.query(Self.setPlace, Parameters { $0.add(last.rawValue) })
            return .success(true)
        }
    }

    /// An event that somebody may want to know of.
    private struct Told {
        enum What { case posted, held, challenged, declined, returned, limited }
        var what: What
        var event: Event

        init?(_ batch: EventBatch, _ index: Int) {
            let event = batch.event(at: index)
            guard let what = Self.what(event) else { return nil }
            self.what = what
            self.event = event
        }

        private static func what(_ event: Event) -> What? {
            switch (event.transferKind, event.kind) {
            case (_, .accountLimited): .limited
            case (.payment, .posted): .posted
            case (.payment, .held): .held
            case (.payment, .challenged): .challenged
            case (.payment, .voided) where event.cause != .challengeFailed: .declined
            case (.refund, .posted): .returned
            default: nil
            }
        }
    }

    private func tell(
        _ told: [Told], _ acts: inout Acts, on connection: inout Connection
    ) throws(PostgreSQLError) {
        let accounts = Set(told.flatMap { [$0.event.payer, $0.event.payee] })
        let owners = try owners(of: accounts, on: &connection)
        if owners.isEmpty { return }
        // What a person pays to nobody may wait for somebody at an address.
        let toNobody = told.filter { item in
            item.what == .posted && owners[item.event.payer] != nil
                && owners[item.event.payee] == nil
        }
        try tellAddresses(of: toNobody.map(\.event.transfer), &acts, on: &connection)
        var names: [PersonID: String] = [:]
        for person in Set(owners.values) {
            names[person] = try people.displayName(of: person, on: &connection)
        }
        func name(_ account: AccountID) -> String {
            owners[account].flatMap { names[$0] } ?? "somebody"
        }
        for item in told {
            let event = item.event
            if item.what == .limited {
                if let owner = owners[event.payer] {
                    acts.tell(owner, .limitsChanged, once: "event \(event.sequence.rawValue)")
                }
                continue
            }
            guard let currency = Currency(number: event.currency) else { continue }
            let amount = Money(minor: event.amount, currency: currency)
            let (payer, payee) = (owners[event.payer], owners[event.payee])
            let occasion = "event \(event.sequence.rawValue)"
            func add(_ person: PersonID?, _ content: NoticeContent) {
                guard let person else { return }
                acts.tell(NewNotice(to: .person(person), content, occasion: occasion))
            }
            let (to, from) = (name(event.payee), name(event.payer))
            switch item.what {
            case .posted:
                add(payee, .paymentReceived(event.transfer, amount, from: from))
                add(payer, .paymentSent(event.transfer, amount, to: to))
            case .held: add(payer, .paymentHeld(event.transfer, amount, to: to))
            case .challenged:
                add(
                    payer,
                    .paymentChallenged(event.transfer, amount, to: to, until: event.expiresAt))
            case .declined: add(payer, .paymentDeclined(event.transfer, amount, to: to))
            // A refund's payee is who paid.
            case .limited: break
            case .returned: add(payee, .paymentReturned(event.transfer, amount, from: from))
            }
        }
    }

    /// Tells addresses of nobody's of money that came to wait for them, whenever the payment was posted.
    private func tellAddresses(
        of posted: [TransferID], _ acts: inout Acts, on connection: inout Connection
    ) throws(PostgreSQLError) {
        if posted.isEmpty { return }
        for claim in try ClaimRow.open(of: posted, on: &connection) {
            guard let currency = Currency(code: claim.currency),
                let point = try claim.contact(people, on: &connection)
            else { continue }
            acts.tell(
                claim.notice(
                    to: point, of: Money(minor: claim.amountMinor, currency: currency),
                    from: try people.displayName(of: claim.payer, on: &connection)))
        }
    }

    private func owners(
        of accounts: Set<AccountID>, on connection: inout Connection
    ) throws(PostgreSQLError) -> [AccountID: PersonID] {
        var parameters = Parameters()
        parameters.addArray(accounts, \.rawValue)
        let rows = try connection.query(Self.owners, parameters)
        var owners: [AccountID: PersonID] = [:]
        for row in 0..<rows.count { owners[AccountID(rows.int(row, 0))] = rows.identifier(row, 1) }
        return owners
    }
}

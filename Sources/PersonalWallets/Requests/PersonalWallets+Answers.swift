internal import AuditTrail
internal import EventLog
public import Identity
public import Ledger
internal import Notices
internal import People
internal import PostgreSQL
public import Wallet

extension PersonalWallets {
    // MARK: - By who is asked

    /// Pays what a person is asked for, once; of several shares the first that is not ended. Two who pay at the same time are one, and the other is told so.
    public func payRequest(
        _ id: MoneyRequestID, by person: PersonID, context: PaymentRequest.Context,
        key: IdempotencyKey?
    ) async throws(PersonalWalletError) -> Paid {
        let (share, request) = try await begin(id, by: person)
        guard let currency = Currency(code: request.currency), let transfer = share.transfer else {
            throw .people(.unknownRequest)
        }
        let paid: Paid
        do throws(PersonalWalletError) {
            paid = try await pay(
                .person(request.requester), Money(minor: share.amountMinor, currency: currency),
                from: person, kind: .request, context: context, once: transfer, key: key)
        } catch {
            guard case .wallet(let refused) = error, refused.refusal == .duplicate else {
                throw error
            }
            // Another request of the same person pays it at this moment, or has.
            try await settle(share)
            let state = try await self.share(id, of: person).state
            throw .people(
                (state == .paid ? .requestAnswered(.paid) : PeopleError.requestUnderWay)
                    .noting(.requestPaid))
        }
        // A repeated key is answered as the first time, which may have been another transfer.
        if paid.answer.transfer.id == transfer {
            try await settle(share, as: paid.answer.transfer)
        }
        return paid
    }

    /// Takes a share to be paid. While a payment of it is under way, or has been made, nobody else takes it.
    private func begin(
        _ id: MoneyRequestID, by person: PersonID
    ) async throws(PersonalWalletError) -> (ShareRow, RequestRow) {
        // What became of an earlier payment is looked at first, in the ledger.
        let seen = try await share(id, of: person)
        if let transfer = seen.transfer, !seen.state.isFinal {
            switch try await knownTransfer(transfer)?.transfer.state {
            case .voided?: try await renew(seen)
            case .posted?: try await settle(seen)
            default: break
            }
        }
        let now = now
        return try await transact {
            connection throws(PostgreSQLError) -> People.Answer<(ShareRow, RequestRow)> in
            guard var share = try ShareRow.locked(id, of: person, on: &connection),
                let request = try RequestRow.find(id, on: &connection)
            else { return .failure(.unknownRequest) }
            if share.state == .open, request.expiresAt <= now {
                share.state = .expired
                share.changedAt = now
                try share.update(on: &connection)
            }
            // What is paid goes on to the ledger, which knows whether this is the same request once more.
            if share.state == .paid, share.payer == person { return .success((share, request)) }
            guard !share.state.isFinal else {
                return .failure(.requestAnswered(share.state).noting(.requestPaid))
            }
            share.state = .paying
            share.payer = person
            share.lookup = nil
            share.sealed = nil
            // One that was written down and never came to be is used again: so there are never two.
            share.transfer = share.transfer ?? .fresh(at: now)
            share.changedAt = now
            try share.update(on: &connection)
            return .success((share, request))
        }
    }

    private func share(
        _ id: MoneyRequestID, of person: PersonID
    ) async throws(PersonalWalletError) -> ShareRow {
        try await transact { connection throws(PostgreSQLError) in
            try ShareRow.locked(id, of: person, on: &connection).map { .success($0) }
                ?? .failure(.unknownRequest)
        }
    }

    /// Will not pay what they are asked for.
    public func declineRequest(
        _ id: MoneyRequestID, by person: PersonID
    ) async throws(PersonalWalletError) -> MoneyRequest {
        let seen = try await share(id, of: person)
        if let transfer = seen.transfer, seen.state == .paying,
            try await knownTransfer(transfer).map({ $0.transfer.state != .voided }) ?? false
        {
            throw .people(.requestUnderWay)
        }
        try await end([.declined], id) { connection throws(PostgreSQLError) in
            try ShareRow.allLocked(id, of: person, on: &connection)
        }
        return try await request(id, of: person)
    }

    // MARK: - By who asks

    /// No longer asks those who have not answered.
    public func cancelRequest(
        _ id: MoneyRequestID, by person: PersonID
    ) async throws(PersonalWalletError) -> MoneyRequest {
        try await checkRequester(id, person)
        try await end([.cancelled], id) { connection throws(PostgreSQLError) in
            var open: [ShareRow] = []
            for share in try ShareRow.all(of: id, on: &connection) where share.state == .open {
                if let locked = try ShareRow.locked(id, share.number, on: &connection) {
                    open.append(locked)
                }
            }
            return open
        }
        return try await request(id, of: person)
    }

    /// Calls a request to the minds of those who have not answered, now and then.
    ///
    /// - Throws: ``PersonalWalletError`` if there is nobody to remind, or it was done too often or too lately.
    public func remind(
        _ id: MoneyRequestID, by person: PersonID
    ) async throws(PersonalWalletError) -> MoneyRequest {
        try await checkRequester(id, person)
        let (now, rule) = (now, rule)
        try await enact { connection, acts throws(PostgreSQLError) -> People.Answer<Void> in
            let name = try self.people.displayName(of: person, on: &connection)
            let request = try RequestRow.find(id, on: &connection)
            var reminded = 0
            var wait: Int64?
            for share in try ShareRow.all(of: id, on: &connection) where share.state == .open {
                guard var share = try ShareRow.locked(id, share.number, on: &connection),
                    share.state == .open,
                    // Who blocks somebody hears nothing of them any more.
                    try share.payer.map({ payer throws(PostgreSQLError) in
                        try !RelationRows.isBlocked(person, payer, on: &connection)
                    }) ?? true,
                    let left = rule.wait(
                        forReminder: share.reminders, since: share.askedAt, at: now)
                else { continue }
                guard left == 0 else {
                    wait = min(wait ?? left, left)
                    continue
                }
                if let payer = share.payer, let currency = request?.currency,
                    let known = Currency(code: currency)
                {
                    acts.tell(
                        payer,
                        .requestReminder(
                            id.uuid, Money(minor: share.amountMinor, currency: known), from: name),
                        once: "request \(id) reminder \(share.reminders + 1)")
                }
                share.reminders += 1
                share.askedAt = now
                try share.update(on: &connection)
                reminded += 1
            }
            if reminded > 0 { return .success(()) }
            if let wait { return .failure(.remindedLately(wait)) }
            return .failure(.nobodyToRemind)
        }
        return try await request(id, of: person)
    }

    private func checkRequester(
        _ id: MoneyRequestID, _ person: PersonID
    ) async throws(PersonalWalletError) {
        try await transact { connection throws(PostgreSQLError) -> People.Answer<Void> in
            try RequestRow.find(id, on: &connection)?.requester == person
                ? .success(()) : .failure(.unknownRequest)
        }
    }

    private func end(
        _ states: [ShareState], _ id: MoneyRequestID,
        _ shares:
            @escaping @Sendable (inout Connection) throws(PostgreSQLError) -> [ShareRow]
    ) async throws(PersonalWalletError) {
        let now = now
        guard let state = states.first else { return }
        try await enact { connection, acts throws(PostgreSQLError) -> People.Answer<Void> in
            let request = try RequestRow.find(id, on: &connection)
            var ended = 0
            var last: ShareState?
            for var share in try shares(&connection) {
                last = share.state
                guard !share.state.isFinal else { continue }
                share.state = state
                share.changedAt = now
                try share.update(on: &connection)
                ended += 1
                if let request { try self.tell(of: share, request, &acts, on: &connection) }
            }
            if ended > 0 { return .success(()) }
            return .failure(last.map { .requestAnswered($0) } ?? .nobodyToRemind)
        }
    }

    // MARK: - What became of payments

    /// Writes down what became of the payment of a share. Whatever was written meanwhile, a posted payment has paid it.
    private func settle(
        _ share: ShareRow, as known: Transfer? = nil
    ) async throws(PersonalWalletError) {
        guard let id = share.transfer else { return }
        var transfer = known
        if transfer == nil { transfer = try await knownTransfer(id)?.transfer }
        let state: ShareState
        switch transfer?.state {
        case .posted?: state = .paid
        case .voided?, nil: state = .open
        default: return
        }
        let now = now
        let requester = try await enact {
            connection, acts throws(PostgreSQLError) -> People.Answer<PersonID?> in
            guard
                var current = try ShareRow.locked(share.request, share.number, on: &connection),
                current.transfer == id, current.state != state, current.state != .paid,
                state == .paid || !current.state.isFinal
            else { return .success(nil) }
            current.state = state
            current.changedAt = now
            try current.update(on: &connection)
            guard state == .paid, let payer = current.payer else { return .success(nil) }
            acts.add(.requestPaid, by: payer, on: "\(share.request)")
            let request = try RequestRow.find(share.request, on: &connection)
            if let request { try self.tell(of: current, request, &acts, on: &connection) }
            return .success(request?.requester)
        }
        if let requester, let payer = share.payer { try await meet(requester, payer) }
    }

    /// A payment that was voided is no payment: the next one is another transfer.
    private func renew(_ share: ShareRow) async throws(PersonalWalletError) {
        let now = now
        try await transact { connection throws(PostgreSQLError) -> People.Answer<Void> in
            guard
                var current = try ShareRow.locked(share.request, share.number, on: &connection),
                current.transfer == share.transfer, !current.state.isFinal
            else { return .success(()) }
            current.state = .open
            current.transfer = nil
            current.changedAt = now
            try current.update(on: &connection)
            return .success(())
        }
    }

    /// Ends what was not answered in time, and finds out what became of payments whose process did not say.
    func settleShares() async throws(PersonalWalletError) {
        let now = now
        let stuck = try await enact { connection, acts throws(PostgreSQLError) in
            for var share in try ShareRow.due(at: now, on: &connection) {
                share.state = .expired
                share.changedAt = now
                try share.update(on: &connection)
                if let request = try RequestRow.find(share.request, on: &connection) {
                    try self.tell(of: share, request, &acts, on: &connection)
                }
            }
            return .success(
                try ShareRow.paying(before: now.adding(seconds: -30), on: &connection))
        }
        for share in stuck {
            await attempt("a request") { () throws(PersonalWalletError) in
                try await self.settle(share)
            }
        }
    }

    /// Tells the other side what became of a share.
    private func tell(
        of share: ShareRow, _ request: RequestRow, _ acts: inout Acts,
        on connection: inout Connection
    ) throws(PostgreSQLError) {
        guard let currency = Currency(code: request.currency) else { return }
        let (id, amount) = (request.id.uuid, Money(minor: share.amountMinor, currency: currency))
        let payer = try share.payer.map { person throws(PostgreSQLError) in
            try people.displayName(of: person, on: &connection)
        }
        let occasion = "request \(request.id) share \(share.number) \(share.state.word)"
        switch share.state {
        case .paid:
            acts.tell(
                request.requester, .requestPaid(id, amount, by: payer ?? "somebody"), once: occasion
            )
        case .declined:
            acts.tell(
                request.requester, .requestDeclined(id, amount, by: payer ?? "somebody"),
                once: occasion)
        case .expired:
            acts.tell(
                request.requester, .requestExpired(id, amount, to: payer ?? "somebody"),
                once: occasion)
        case .cancelled:
            guard let person = share.payer else { return }
            let requester = try people.displayName(of: request.requester, on: &connection)
            acts.tell(person, .requestCancelled(id, amount, by: requester), once: occasion)
        case .open, .paying: break
        }
    }
}

extension PeopleError {
    static func requestAnswered(_ state: ShareState) -> PeopleError {
        PeopleError(
            .conflict, "request_\(state.word)",
            "this request is \(state.word): nothing more happens to it")
    }
    static let requestUnderWay = PeopleError(
        .conflict, "payment_under_way", "a payment of this is under way: look at it first")
    static let nobodyToRemind = PeopleError(
        .conflict, "nobody_to_remind", "nobody of this request may be reminded")
    static func remindedLately(_ seconds: Int64) -> PeopleError {
        PeopleError(
            .tooMany, "reminded_lately", "they were asked a short while ago",
            retryAfterSeconds: seconds)
    }
}

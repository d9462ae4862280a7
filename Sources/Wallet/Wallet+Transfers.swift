public import EventLog
public import Ledger
internal import Fees
internal import PostgreSQL
internal import Pricing

extension Wallet {
    /// Locks the funds, asks the engine, and answers once it is decided: by the engine, or by the fail policy.
    public func open(
        _ request: PaymentRequest, as kind: TransferKind, key: IdempotencyKey?
    ) async throws(WalletError) -> TransferAnswer {
        let payer = try await entry(request.payer)
        let payee = try await entry(request.payee)
        let milliseconds = configuration.decideWithinMilliseconds
        let mode: DecisionMode =
            engine.isAbsent(at: WallClock.now)
            ? .failAtOnce(.engineAbsent, withinMilliseconds: milliseconds)
            : .askEngine(withinMilliseconds: milliseconds)
        let id = request.once ?? WallClock.newID()
        var order = Command.OpenTransfer(
            id: id, kind: kind, currency: request.amount.currency.number, payer: payer.id,
            payee: payee.id, amount: request.amount.minor, mode: mode,
            context: context(of: request.context), happensOnce: request.once != nil)
        // What cannot be paid at all has no price: the ledger says why.
        if configuration.pricing != nil, request.amount.minor > 0,
            payer.currency == request.amount.currency
        {
            let price = try price(
                request.kind ?? (kind == .authorization ? .merchant : .p2p), request.amount,
                from: payer)
            order.extraLegs = try await feeLegs(price.fee, payer: payer.id, payee: payee.id)
            order.spending = price.spending
        }
        let command = Command.transfer(order)
        let opened =
            request.once == nil
            ? await opening(id, command, key) : await openingOnce(id, command, key)
        switch opened {
        case .outcome(let outcome):
            guard let outcome else { throw .outOfReach }
            return TransferAnswer(
                transfer: outcome.transfer.asFirstAnswered, payer: payer.publicID,
                payee: payee.publicID, detail: outcome.detail)
        case .other(.success(let effect)): return try await firstAnswer(effect)
        case .other(.failure(let error)): throw WalletError(error)
        }
    }

    private enum Opening: Sendable {
        /// The transfer was opened and came to this.
        case outcome(OutcomeWaiters.Outcome?)
        /// It was not opened, or another one stands for it.
        case other(Result<Effect, LedgerError>)
    }

    /// Opens a transfer and waits until it is decided. The request sleeps once, from the moment it is handed over until
    /// it can be answered.
    private func opening(
        _ id: TransferID, _ command: Command, _ key: IdempotencyKey?
    ) async -> Opening {
        await withCheckedContinuation { continuation in
            let number = waiters.openWaiting(for: id) {
                continuation.resume(returning: .outcome($0))
            }
            commit.submit(command, key: key) { [waiters, deadlines] result in
                // A repeated key of something that happens once has the same transfer, which was decided before.
                if case .success(.transfer(let transfer, false)) = result, transfer.id == id {
                    // Decided in the same commit, it comes as its outcome.
                    if transfer.state == .reserved { deadlines.add(id, due: transfer.decideBy) }
                    return
                }
                guard waiters.withdraw(number, from: id) else { return }
                continuation.resume(returning: .other(result))
            }
        }
    }

    /// As ``opening(_:_:_:)``, of a transfer that others may open too: that it is decided says nothing of whether this
    /// request was the one.
    private func openingOnce(
        _ id: TransferID, _ command: Command, _ key: IdempotencyKey?
    ) async -> Opening {
        waiters.open(id)
        let result = await withCheckedContinuation { continuation in
            commit.submit(command, key: key) { continuation.resume(returning: $0) }
        }
        guard case .success(.transfer(let transfer, false)) = result, transfer.id == id else {
            waiters.close(id)
            return .other(result)
        }
        if transfer.state == .reserved { deadlines.add(id, due: transfer.decideBy) }
        return .outcome(await waiters.outcome(of: id))
    }

    /// The answer of a repeated key, or of a request that was decided with its commit. While the first request's
    /// transfer is undecided, this one waits with it.
    private func firstAnswer(_ effect: Effect) async throws(WalletError) -> TransferAnswer {
        guard case .transfer(let transfer, _) = effect, transfer.state == .reserved else {
            return try await answer(effect)
        }
        waiters.open(transfer.id)
        let current: Transfer?
        do throws(WalletError) {
            // It may have been decided before the slot was opened.
            current = try await reading { () throws(PostgreSQLError) in
                try await self.queries.transfer(transfer.id)
            }
        } catch {
            waiters.close(transfer.id)
            throw error
        }
        if let current, current.state != .reserved {
            waiters.close(transfer.id)
            return try await answer(.transfer(current.asFirstAnswered, isReplay: true))
        }
        var replay = try await answer(effect)
        let outcome = try await outcome(of: transfer)
        replay.transfer = outcome.transfer
        replay.detail = outcome.detail
        return replay
    }

    /// Waits for the first outcome of a transfer that was opened with the waiters.
    private func outcome(
        of transfer: Transfer
    ) async throws(WalletError) -> OutcomeWaiters.Outcome {
        deadlines.add(transfer.id, due: transfer.decideBy)
        guard let outcome = await waiters.outcome(of: transfer.id) else { throw .outOfReach }
        return .init(transfer: outcome.transfer.asFirstAnswered, detail: outcome.detail)
    }

    /// A transfer as it is now.
    public func transfer(
        _ id: TransferID, kind: TransferKind? = nil
    ) async throws(WalletError) -> TransferAnswer {
        let found = try await reading { () throws(PostgreSQLError) in
            try await self.queries.transfer(id)
        }
        guard let found, kind.map({ $0 == found.kind }) ?? true else {
            throw .refused(.unknownTransfer, "there is no such transfer as \(id)")
        }
        var answer = try await answer(.transfer(found, isReplay: false))
        answer.notes = try await notes(of: [id])[id] ?? []
        return answer
    }

    /// Transfers as the ledger keeps them, in any order; unknown ones are left out.
    public func transfers(_ ids: [TransferID]) async throws(WalletError) -> [Transfer] {
        if ids.isEmpty { return [] }
        return try await reading { () throws(PostgreSQLError) in
            try await self.queries.transfers(ids)
        }
    }

    /// Captures part or all of an authorization.
    public func capture(
        _ id: TransferID, amount: Money?, final: Bool, key: IdempotencyKey?
    ) async throws(WalletError) -> TransferAnswer {
        try await checkCurrency(amount, of: id)
        return try await answer(submit(.capture(id, amount: amount?.minor, final: final), key))
    }

    /// Voids an authorization: what is still locked is given back.
    public func void(_ id: TransferID, key: IdempotencyKey?) async throws(WalletError)
        -> TransferAnswer
    {
        try await answer(submit(.void(id), key))
    }

    /// Refunds part or all of a posted transfer. Answers with the refund, a transfer of its own.
    ///
    /// - Parameter once: the identifier of the refund, if that stands for something that happens once.
    public func refund(
        _ id: TransferID, amount: Money?, once: TransferID? = nil, key: IdempotencyKey? = nil
    ) async throws(WalletError) -> TransferAnswer {
        try await checkCurrency(amount, of: id)
        return try await answer(
            submit(.refund(id, amount: amount?.minor, newID: once ?? WallClock.newID()), key))
    }

    /// Says whether the payer passed the challenge. `actor` is who says so.
    public func challenge(
        _ id: TransferID, passed: Bool, actor: String, key: IdempotencyKey?
    ) async throws(WalletError) -> TransferAnswer {
        try await notedAnswer(submit(.challenge(id, passed: passed, actor: actor), key))
    }

    /// Releases or declines a held transfer. `actor` is who does so.
    public func review(
        _ id: TransferID, release: Bool, note: String, actor: String, key: IdempotencyKey?
    ) async throws(WalletError) -> TransferAnswer {
        try await notedAnswer(
            submit(.review(id, release: release, note: note, actor: actor), key))
    }

    /// Records what became known of a transfer, and that `actor` said so. Returns the event's sequence.
    public func label(
        _ id: TransferID, _ verdict: LabelVerdict, actor: String, key: IdempotencyKey?
    ) async throws(WalletError) -> Sequence {
        let effect = try await submit(.label(id, verdict, actor: actor), key)
        guard case .recorded(let sequence) = effect else { throw .outOfReach }
        return sequence
    }

    /// Held and challenged transfers, the oldest first, after an event.
    public func reviews(
        after: Sequence, limit: Int
    ) async throws(WalletError) -> [(since: Sequence, answer: TransferAnswer)] {
        let waiting = try await reading { () throws(PostgreSQLError) in
            try await self.queries.reviews(after: after, limit: limit)
        }
        let transfers = try await reading { () throws(PostgreSQLError) in
            try await self.queries.transfers(waiting.map(\.transfer))
        }
        let byID = Dictionary(transfers.map { ($0.id, $0) }) { first, _ in first }
        let notes = try await notes(of: waiting.map(\.transfer))
        var reviews: [(since: Sequence, answer: TransferAnswer)] = []
        for item in waiting {
            guard let transfer = byID[item.transfer] else { continue }
            var answer = try await answer(.transfer(transfer, isReplay: false))
            answer.notes = notes[transfer.id] ?? []
            reviews.append((item.since, answer))
        }
        return reviews
    }

    // MARK: - Inside

    func answer(_ effect: Effect) async throws(WalletError) -> TransferAnswer {
        guard case .transfer(var transfer, let isReplay) = effect else { throw .outOfReach }
        if isReplay { transfer = try await restoringExpiry(transfer) }
        let ids = try await publicIDs([transfer.payer, transfer.payee])
        guard let payer = ids[transfer.payer], let payee = ids[transfer.payee] else {
            throw .outOfReach
        }
        return TransferAnswer(
            transfer: transfer, payer: payer, payee: payee, detail: try await detail(of: transfer))
    }

    /// With what people did to the transfer until then: what they do later is no part of this answer, should it have to
    /// be given again.
    private func notedAnswer(_ effect: Effect) async throws(WalletError) -> TransferAnswer {
        var answer = try await answer(effect)
        let transfer = answer.transfer
        answer.notes = (try await notes(of: [transfer.id])[transfer.id] ?? [])
            .filter { $0.sequence <= transfer.lastSequence }
        return answer
    }

    private func notes(
        of transfers: [TransferID]
    ) async throws(WalletError) -> [TransferID: [NoteView]] {
        try await reading { () throws(PostgreSQLError) in
            try await self.queries.notes(of: transfers)
        }
    }

    /// A first answer with the end of the state that it tells of: the transfer may have lost it since, the event that
    /// led to the state has not. Other answers stay as they are.
    private func restoringExpiry(_ transfer: Transfer) async throws(WalletError) -> Transfer {
        guard transfer.lastSequence == transfer.firstSequence, !transfer.state.isFinal else {
            return transfer
        }
        let event = try await reading { () throws(PostgreSQLError) in
            try await self.queries.alert(at: transfer.firstSequence)?.event
        }
        var first = transfer
        first.expiresAt = event?.expiresAt ?? first.expiresAt
        return first
    }

    /// Why a transfer was not plainly approved, from the event that recorded it.
    private func detail(of transfer: Transfer) async throws(WalletError) -> DecisionDetail? {
        guard let action = transfer.action, action != .approve, action != .notEvaluated else {
            return nil
        }
        return try await reading { () throws(PostgreSQLError) in
            try await self.queries.alert(at: transfer.decisionSequence)?.detail
        }
    }

    private func checkCurrency(_ amount: Money?, of id: TransferID) async throws(WalletError) {
        guard let amount else { return }
        let found = try await reading { () throws(PostgreSQLError) in
            try await self.queries.transfer(id)
        }
        guard let found else {
            throw .refused(.unknownTransfer, "there is no such transfer as \(id)")
        }
        guard found.currency == amount.currency.number else {
            throw .refused(.currencyMismatch, "the amount must be in the transfer's currency")
        }
    }

    private func context(of context: PaymentRequest.Context) -> RiskContext {
        func token(_ identifier: String?) -> Token {
            identifier.map { Token(configuration.tokenKey.token(of: $0)) } ?? .none
        }
        var known = RiskContext(
            device: token(context.device), instrument: token(context.instrument),
            address: token(context.address), merchantCategory: context.merchantCategory ?? 0,
            country: context.country ?? .none, initiatedAt: context.initiatedAt ?? .none)
        if let latitude = context.latitude, let longitude = context.longitude {
            known.latitude = Int32((latitude * 1e6).rounded())
            known.longitude = Int32((longitude * 1e6).rounded())
            known.hasPlace = true
        }
        return known
    }
}

internal import AuditTrail
internal import Cryptography
public import EventLog
public import Identity
internal import Ledger
internal import Notices
internal import People
internal import PostgreSQL
public import Wallet

extension PersonalWallets {
    /// Money that waits for somebody to show that an address is theirs.
    public struct Claim: Sendable {
        /// Names it, and the transfer that claims or returns it.
        public let id: ClaimID
        /// The payment that brought the money.
        public let payment: TransferID
        /// How much it is.
        public let amount: Money
        /// The address that it is for, to who paid; nil to others.
        public let contact: ContactPoint?
        /// `open`, `claimed`, `returned` or `unpaid`.
        public let state: String
        /// When it was paid.
        public let createdAt: Timestamp
        /// When it is returned unless it is claimed.
        public let expiresAt: Timestamp
    }

    /// Pays to an address that nobody has shown to be theirs. The money waits in an account of the address's own, so that
    /// risk sees who is paid.
    func pay(
        _ point: ContactPoint, _ lookup: [UInt8], _ amount: Money, from person: PersonID,
        _ payer: PublicAccountID, context: PaymentRequest.Context, key: IdempotencyKey?
    ) async throws(PersonalWalletError) -> Paid {
        let account = try await claimAccount(lookup, amount.currency)
        let now = now
        let transfer = TransferID.fresh(at: now)
        let expiresAt = now.adding(seconds: claimSeconds)
        // Written down first: a process that is killed leaves no money that nobody knows of.
        let row = try await transact {
            connection throws(PostgreSQLError) -> People.Answer<ClaimRow> in
            guard let key = try self.people.key(of: person, on: &connection) else {
                return .failure(.unknownPerson)
            }
            let row = ClaimRow(
                id: ClaimID(at: now), payer: person, transfer: transfer, lookup: lookup,
                sealed: key.seal(Array(point.text.utf8), as: "claim"), account: account.uuid,
                currency: amount.currency.code, amountMinor: amount.minor, state: .open,
                createdAt: now, expiresAt: expiresAt)
            try row.insert(on: &connection)
            return .success(row)
        }
        let answer: TransferAnswer
        do throws(WalletError) {
            answer = try await wallet.open(
                PaymentRequest(
                    payer: payer, payee: account, amount: amount, context: context, once: transfer),
                as: .payment, key: key)
        } catch {
            // If the ledger cannot be reached the money may have moved: then the claim stays.
            if !error.isUnavailable { try await forget(row.id) }
            throw .wallet(error)
        }
        if answer.transfer.id == transfer {
            if answer.transfer.state == .posted {
                try await tell(point, of: row, amount, from: person)
            }
            return Paid(answer: answer, claim: claim(row, point))
        }
        // A repeated key: the first request has its claim.
        try await forget(row.id)
        let first = try await transact { connection throws(PostgreSQLError) in
            .success(try ClaimRow.find(transfer: answer.transfer.id, on: &connection))
        }
        return Paid(answer: answer, claim: first.flatMap { claim($0, point) })
    }

    /// Tells an address of nobody's that money waits for it.
    private func tell(
        _ point: ContactPoint, of row: ClaimRow, _ amount: Money, from person: PersonID
    ) async throws(PersonalWalletError) {
        try await enact { connection, acts throws(PostgreSQLError) -> People.Answer<Void> in
            let name = try self.people.displayName(of: person, on: &connection)
            acts.tell(row.notice(to: point, of: amount, from: name))
            return .success(())
        }
    }

    private func forget(_ id: ClaimID) async throws(PersonalWalletError) {
        try await transact { connection throws(PostgreSQLError) in
            .success(try ClaimRow.remove(id, on: &connection))
        }
    }

    private func claimAccount(
        _ lookup: [UInt8], _ currency: Currency
    ) async throws(PersonalWalletError) -> PublicAccountID {
        let known = try await transact { connection throws(PostgreSQLError) in
            .success(try ClaimRow.account(lookup, currency.code, on: &connection))
        }
        if let known { return PublicAccountID(uuid: known) }
        // The owner is named by a part of the index, which says nothing of the address without its key.
        let name = Hexadecimal.encode(lookup.prefix(16))
        let view = try await openAccount(
            owner: "claim:\(name)", currency, scope: "claims", key: "\(name).\(currency.code)")
        try await transact { connection throws(PostgreSQLError) in
            .success(
                try ClaimRow.addAccount(
                    view.publicID.uuid, lookup, currency.code, on: &connection))
        }
        return view.publicID
    }

    private func claim(_ row: ClaimRow, _ contact: ContactPoint?) -> Claim? {
        Currency(code: row.currency).map {
            Claim(
                id: row.id, payment: row.transfer,
                amount: Money(minor: row.amountMinor, currency: $0), contact: contact,
                state: row.state.word, createdAt: row.createdAt, expiresAt: row.expiresAt)
        }
    }

    // MARK: - Asking

    /// What waits for a person: it is for an address that they have shown to be theirs, and has been paid.
    public func claims(for person: PersonID) async throws(PersonalWalletError) -> [Claim] {
        let now = now
        let rows = try await transact { connection throws(PostgreSQLError) in
            .success(try ClaimRow.all(for: person, at: now, on: &connection))
        }
        let others = rows.filter { $0.payer != person }
        if others.isEmpty { return [] }
        let transfers = try await ofWallet { () throws(WalletError) in
            try await self.wallet.transfers(others.map(\.transfer))
        }
        let posted = Set(transfers.filter { $0.state == .posted }.map(\.id))
        return others.filter { posted.contains($0.transfer) }.compactMap { claim($0, nil) }
    }

    /// What a person has paid to addresses of nobody, the newest first.
    public func claims(paidBy person: PersonID) async throws(PersonalWalletError) -> [Claim] {
        let rows = try await transact {
            connection throws(PostgreSQLError)
                -> People.Answer<[(row: ClaimRow, contact: ContactPoint?)]> in
            guard let key = try self.people.key(of: person, on: &connection) else {
                return .failure(.unknownPerson)
            }
            let rows = try ClaimRow.all(paidBy: person, on: &connection)
            return .success(
                rows.map { row in
                    let text = (try? key.open(row.sealed, as: "claim"))
                        .map { String(decoding: $0, as: UTF8.self) }
                    return (row: row, contact: text.flatMap { ContactPoint($0) })
                })
        }
        return rows.compactMap { claim($0.row, $0.contact) }
    }

    // MARK: - Ending

    /// Brings what waits for a person into their wallet, once.
    ///
    /// - Throws: ``PersonalWalletError``: `unknown_claim` also to those whose it is not.
    public func take(
        _ id: ClaimID, by person: PersonID
    ) async throws(PersonalWalletError) -> TransferAnswer {
        let now = now
        let row = try await transact {
            connection throws(PostgreSQLError) -> People.Answer<ClaimRow> in
            guard let row = try ClaimRow.find(id, on: &connection) else {
                return .failure(.unknownClaim.noting(.claimTaken))
            }
            guard row.payer != person, try row.isFor(person, on: &connection) else {
                return .failure(.unknownClaim.noting(.claimTaken, because: "not_theirs"))
            }
            guard row.state == .open, row.expiresAt > now else {
                return .failure(.endedClaim.noting(.claimTaken))
            }
            return .success(row)
        }
        guard let currency = Currency(code: row.currency),
            let payment = try await knownTransfer(row.transfer)?.transfer, payment.state == .posted
        else { throw .people(.unknownClaim) }
        let account = try await open(currency, of: person).publicID
        let answer: TransferAnswer
        do throws(WalletError) {
            answer = try await wallet.book(
                Money(minor: Self.arrived(payment), currency: currency),
                from: PublicAccountID(uuid: row.account), to: account, once: id.uuid, key: nil)
        } catch {
            if error.refusal == .duplicate { throw .people(.endedClaim.noting(.claimTaken)) }
            throw .wallet(error)
        }
        try await enact { connection, acts throws(PostgreSQLError) -> People.Answer<Void> in
            acts.add(.claimTaken, by: person, on: "\(id)")
            try row.end(.claimed, by: person, at: now, on: &connection)
            try RelationRows.meet(row.payer, person, at: now, on: &connection)
            return .success(())
        }
        return answer
    }

    /// Takes back what nobody has claimed yet. Only who paid it can.
    public func cancel(
        _ id: ClaimID, by person: PersonID
    ) async throws(PersonalWalletError) -> Claim {
        let row = try await transact {
            connection throws(PostgreSQLError) -> People.Answer<ClaimRow> in
            guard let row = try ClaimRow.find(id, on: &connection), row.payer == person else {
                return .failure(.unknownClaim)
            }
            return row.state == .open ? .success(row) : .failure(.endedClaim)
        }
        let state = try await giveBack(row)
        if state == .open { throw .people(.requestUnderWay) }
        guard state == .returned else { throw .people(.endedClaim) }
        var ended = row
        ended.state = state
        guard let claim = claim(ended, nil) else { throw .people(.unknownClaim) }
        return claim
    }

    /// What of a payment came to wait, in minor units: all but fees that its payee pays. Fees are not returned.
    private static func arrived(_ payment: Transfer) -> Int64 {
        payment.extraLegs.reduce(payment.amount) {
            $1.from == payment.payee ? $0 - $1.amount : $0
        }
    }

    /// Returns what nobody claimed in time.
    func returnUnclaimed() async throws(PersonalWalletError) {
        let now = now
        let due = try await transact { connection throws(PostgreSQLError) in
            .success(try ClaimRow.due(at: now, on: &connection))
        }
        for row in due {
            await attempt("a claim") { () throws(PersonalWalletError) in
                // One that cannot be returned, as to a frozen account, is tried again in ten minutes.
                try await self.transact { connection throws(PostgreSQLError) in
                    .success(try row.tried(at: now, on: &connection))
                }
                _ = try await self.giveBack(row)
            }
        }
    }

    /// Returns the money of a claim, unless it was claimed; says what has become of it.
    private func giveBack(
        _ row: ClaimRow
    ) async throws(PersonalWalletError) -> ClaimRow.State {
        let now = now
        let state: ClaimRow.State
        let payment = try await knownTransfer(row.transfer)?.transfer
        switch payment?.state {
        case .posted:
            do throws(WalletError) {
                let amount = Currency(code: row.currency).flatMap { currency in
                    payment.map { Money(minor: Self.arrived($0), currency: currency) }
                }
                _ = try await wallet.refund(row.transfer, amount: amount, once: row.id.uuid)
                state = .returned
            } catch {
                guard error.refusal == .duplicate || error.refusal == .overRefund else {
                    throw .wallet(error)
                }
                // Somebody was quicker: the transfer under the claim's identifier says who.
                let ended = try await knownTransfer(row.id.uuid)
                state = ended?.transfer.kind == .book ? .claimed : .returned
            }
        case .voided?: state = .unpaid
        // It was written down before the ledger was asked; who asks it may still be about to.
        case nil where row.createdAt.adding(seconds: 120) > now: return .open
        case nil: state = .unpaid
        // Held or challenged: it is looked at again.
        default: return .open
        }
        try await enact { connection, acts throws(PostgreSQLError) -> People.Answer<Void> in
            try row.end(state, by: nil, at: now, on: &connection)
            if state == .returned {
                acts.add(.claimReturned, by: "system", on: "\(row.id)")
                let contact = try row.contact(self.people, on: &connection)
                if let currency = Currency(code: row.currency) {
                    acts.tell(
                        row.payer,
                        .claimReturned(
                            row.id.uuid, Money(minor: row.amountMinor, currency: currency),
                            to: contact?.masked ?? "somebody"), once: "claim \(row.id)")
                }
            }
            return .success(())
        }
        return state
    }
}

extension ClaimRow {
    /// What an address of nobody's is told, once, whoever comes to tell it.
    func notice(to point: ContactPoint, of amount: Money, from name: String) -> NewNotice {
        NewNotice(
            to: .contact(point, of: nil),
            .claimWaiting(id.uuid, amount, from: name, until: expiresAt), occasion: "claim \(id)")
    }
}

extension PeopleError {
    static let unknownClaim = PeopleError(
        .notFound, "unknown_claim", "there is nothing of this name that waits for you")
    static let endedClaim = PeopleError(
        .conflict, "claim_ended", "this was claimed or returned already")
}

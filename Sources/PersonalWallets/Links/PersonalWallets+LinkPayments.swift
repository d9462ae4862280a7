public import EventLog
public import Identity
public import Ledger
internal import People
internal import PostgreSQL
public import Wallet

extension PersonalWallets {
    /// Seconds in which whoever takes a use of a link has asked the ledger.
    private static let usePatienceSeconds: Int64 = 120

    /// Pays at a link. What is refused uses up nothing, and the same request uses it once.
    ///
    /// - Parameter amount: needed where the payer chooses, and otherwise the link's own if it is given.
    public func pay(
        link secret: String, _ amount: Money?, from person: PersonID,
        context: PaymentRequest.Context, key: IdempotencyKey?
    ) async throws(PersonalWalletError) -> Paid {
        let row = try await row(of: secret)
        guard let currency = Currency(code: row.currency) else { throw .people(.unknownLink) }
        let asked = row.amountMinor.map { Money(minor: $0, currency: currency) }
        guard let due = asked ?? amount, amount == nil || amount == due, due.currency == currency
        else {
            throw .refused(
                .invalid, "wrong_amount",
                asked.map { "\($0) is to be paid at this link" }
                    ?? "say how much you pay, in \(currency)", field: "amount")
        }
        let transfer = try await takeUse(of: row, key: key)
        let paid: Paid
        do throws(PersonalWalletError) {
            paid = try await pay(
                .person(row.person), due, from: person, context: context, once: transfer, key: key)
        } catch {
            // If the ledger cannot be reached it may be paid: it is looked at later.
            if !error.isUnavailable { await settleUse(transfer) }
            throw error
        }
        // A repeated key may be answered with another transfer.
        await settleUse(transfer, as: paid.answer.transfer)
        return paid
    }

    /// Takes a use, which the request may have taken before. Returns the transfer that is to pay it.
    private func takeUse(
        of row: LinkRow, key: IdempotencyKey?
    ) async throws(PersonalWalletError) -> TransferID {
        let (now, fresh) = (now, TransferID.fresh(at: now))
        if let key = key?.key {
            let earlier = try await transact { connection throws(PostgreSQLError) in
                .success(try LinkUseRow.find(row.id, key: key, on: &connection))
            }
            // What the ledger has decided, whether link and use go on or not, it answers as it did.
            if let earlier, try await knownTransfer(earlier.transfer) != nil {
                return earlier.transfer
            }
        }
        return try await transact {
            connection throws(PostgreSQLError) -> People.Answer<TransferID> in
            let taken = try LinkUseRow.take(
                of: row, key: key?.key, transfer: fresh, at: now, on: &connection)
            return taken.map { .success($0) } ?? .failure(.endedLink)
        }
    }

    /// Writes down what has come of the payment of a use, as the ledger has it. That it fails keeps nobody from being
    /// paid: it is looked at again.
    private func settleUse(_ id: TransferID, as answered: Transfer? = nil) async {
        await attempt("a link") { () throws(PersonalWalletError) in
            var transfer = answered
            // What was answered first may have gone on since.
            if transfer?.id != id || transfer?.state.isFinal == false {
                transfer = try await self.knownTransfer(id)?.transfer
            }
            let state: LinkUseRow.State =
                switch transfer?.state {
                case .posted?: .paid
                case .voided?, nil: .givenBack
                default: .taken
                }
            try await self.transact { connection throws(PostgreSQLError) in
                .success(try LinkUseRow.settle(id, as: state, on: &connection))
            }
        }
    }

    /// Finds out what came of payments at links that were not decided at once, or whose process did not say.
    func settleUses() async throws(PersonalWalletError) {
        let (now, kept) = (now, wallet.keyRetentionSeconds + 86_400)
        let unsettled = try await transact { connection throws(PostgreSQLError) in
            try LinkUseRow.forget(before: now.adding(seconds: -kept), on: &connection)
            return .success(
                try LinkUseRow.unsettled(
                    since: now.adding(seconds: -Self.usePatienceSeconds), at: now, on: &connection))
        }
        for use in unsettled { await settleUse(use.transfer) }
    }
}

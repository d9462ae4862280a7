public import EventLog
public import Fees
public import Identity
public import Ledger
public import People
internal import PostgreSQL
public import Wallet

extension PersonalWallets {
    /// What came of a payment.
    public struct Paid: Sendable {
        /// The transfer as it was first decided.
        public var answer: TransferAnswer
        /// Where the money waits, if nobody has shown the address to be theirs.
        public var claim: Claim?
    }

    /// Pays somebody. Their wallet of the currency is opened if they have none; if the address is nobody's, the money
    /// waits to be claimed.
    ///
    /// - Parameters:
    ///   - kind: what it is to the price list and to limits.
    ///   - once: the identifier of its transfer, if that stands for something that happens once.
    public func pay(
        _ payee: Payee, _ amount: Money, from person: PersonID, kind: PaymentKind = .p2p,
        context: PaymentRequest.Context = .init(), once: TransferID? = nil, key: IdempotencyKey?
    ) async throws(PersonalWalletError) -> Paid {
        let payer = try await own(amount.currency, of: person)
        switch try await find(payee, for: person) {
        case .person(let other):
            let account = try await open(amount.currency, of: other).publicID
            let answer = try await ofWallet { () throws(WalletError) in
                try await self.wallet.open(
                    PaymentRequest(
                        payer: payer, payee: account, amount: amount, context: context, kind: kind,
                        once: once), as: .payment, key: key)
            }
            if answer.transfer.state == .posted { try await meet(person, other) }
            return Paid(answer: answer)
        case .nobody(let point, let lookup):
            return try await pay(
                point, lookup, amount, from: person, payer, context: context, key: key)
        }
    }

    func meet(_ one: PersonID, _ other: PersonID) async throws(PersonalWalletError) {
        let now = now
        try await transact { connection throws(PostgreSQLError) in
            .success(try RelationRows.meet(one, other, at: now, on: &connection))
        }
    }

    /// A payment that the person makes or gets, as it is now.
    public func payment(
        _ id: TransferID, of person: PersonID
    ) async throws(PersonalWalletError) -> TransferAnswer {
        let answer = try await transfer(id)
        if try await isTheirs(answer.payer, person) { return answer }
        if try await isTheirs(answer.payee, person) { return answer }
        throw .unknownPayment
    }

    func transfer(_ id: TransferID) async throws(PersonalWalletError) -> TransferAnswer {
        do throws(WalletError) { return try await wallet.transfer(id) } catch {
            if error.refusal == .unknownTransfer { throw .unknownPayment }
            throw .wallet(error)
        }
    }

    /// A transfer; nil if there is none.
    func knownTransfer(
        _ id: TransferID
    ) async throws(PersonalWalletError) -> TransferAnswer? {
        do throws(WalletError) { return try await wallet.transfer(id) } catch {
            if error.refusal == .unknownTransfer { return nil }
            throw .wallet(error)
        }
    }

    // MARK: - Confirming

    /// Asks for a passkey of the payer of a challenged payment.
    public func askPasskey(
        toConfirm id: TransferID, by person: PersonID
    ) async throws(PersonalWalletError) -> People.PasskeyQuestion {
        let terms = try await terms(of: id, paidBy: person)
        return try await ofPeople { () throws(PeopleError) in
            try await self.people.askPasskey(person, toConfirm: terms)
        }
    }

    /// The payer confirms a challenged payment: it is posted if what they show is right, and voided if not. The same
    /// confirmation once more is answered with what came of it.
    ///
    /// - Throws: ``PersonalWalletError``, also if the payment waits for no confirmation, or no longer; nothing is shown in
    ///   vain then.
    public func confirm(
        _ id: TransferID, by person: PersonID, _ proof: PaymentProof, key: IdempotencyKey?
    ) async throws(PersonalWalletError) -> TransferAnswer {
        let answer = try await transfer(id)
        guard try await isOwner(person, of: answer.payer) else { throw .unknownPayment }
        var earlier: Bool?
        if answer.transfer.state.isFinal {
            earlier = try await ofPeople { () throws(PeopleError) in
                try await self.people.outcome(of: proof, for: id, by: person)
            }
        }
        let passed: Bool
        if let earlier {
            passed = earlier
        } else {
            let terms = try terms(of: answer)
            passed = try await ofPeople { () throws(PeopleError) in
                try await self.people.isConfirmed(terms, by: person, proof)
            }
        }
        do throws(WalletError) {
            // By its key the ledger knows the request once more.
            return try await wallet.challenge(
                id, passed: passed, actor: "person:\(person)", key: key)
        } catch {
            // Otherwise the payment is as this very confirmation left it, or its end came before.
            guard error.refusal == .wrongState, let ended = try await knownTransfer(id),
                ended.transfer.state.isFinal
            else { throw .wallet(error) }
            return ended
        }
    }

    private func terms(
        of id: TransferID, paidBy person: PersonID
    ) async throws(PersonalWalletError) -> PaymentTerms {
        let answer = try await transfer(id)
        guard try await isOwner(person, of: answer.payer) else { throw .unknownPayment }
        return try terms(of: answer)
    }

    private func terms(of answer: TransferAnswer) throws(PersonalWalletError) -> PaymentTerms {
        guard let currency = Currency(number: answer.transfer.currency) else {
            throw .unknownPayment
        }
        guard answer.transfer.state == .challenged else {
            throw .wallet(
                .refused(.wrongState, "this payment waits for no confirmation, or no longer"))
        }
        return PaymentTerms(
            transfer: answer.transfer.id, payee: "\(answer.payee)",
            amountMinor: answer.transfer.amount, currency: currency.code)
    }
}

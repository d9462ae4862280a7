public import EventLog
public import Identity
public import Ledger
public import People
public import Wallet

/// What people do with their wallets: they own accounts of the ledger, one for each currency, and pay each other by handle.
public struct PersonalWallets: Sendable {
    private let wallet: Wallet
    private let people: People

    /// Wallets of `people` in the ledger of `wallet`.
    public init(_ wallet: Wallet, _ people: People) {
        self.wallet = wallet
        self.people = people
    }

    // MARK: - Wallets

    /// A person's wallet of a currency, opened when it is first asked for. Asked for twice at once it is one.
    public func open(
        _ currency: Currency, of person: PersonID
    ) async throws(PersonalWalletError) -> AccountView {
        if let known = try await find(currency, of: person) { return try await view(known) }
        // The ledger knows the request by this key: whoever asks at the same time gets the same account.
        let key = IdempotencyKey(
            scope: "person:\(person)", key: "wallet.\(currency.code)", method: "", path: "",
            body: [])
        let view: AccountView
        do throws(WalletError) {
            view = try await wallet.openAccount(owner: "\(person)", currency: currency, key: key)
        } catch { throw .wallet(error) }
        do throws(PeopleError) {
            try await people.addWallet(view.publicID.uuid, currency.code, of: person)
        } catch { throw .people(error) }
        return view
    }

    /// All wallets of a person, the oldest first.
    public func all(of person: PersonID) async throws(PersonalWalletError) -> [AccountView] {
        var views: [AccountView] = []
        for known in try await rows(of: person) {
            views.append(try await view(PublicAccountID(uuid: known.account)))
        }
        return views
    }

    /// The history of a wallet of the person's, newest first, before an event.
    public func history(
        _ account: PublicAccountID, of person: PersonID, before: Sequence?, limit: Int
    ) async throws(PersonalWalletError) -> (
        view: AccountView, entries: [EntryView], counterparties: [AccountID: PublicAccountID]
    ) {
        guard try await rows(of: person).contains(where: { $0.account == account.uuid }) else {
            throw .unknownWallet
        }
        do throws(WalletError) {
            let view = try await wallet.view(account)
            let (entries, counterparties) = try await wallet.history(
                account, before: before, limit: limit)
            return (view, entries, counterparties)
        } catch { throw .wallet(error) }
    }

    // MARK: - Paying

    /// Pays somebody by handle. Their wallet of the currency is opened if they have none.
    public func pay(
        _ handle: Handle, _ amount: Money, from person: PersonID,
        context: PaymentRequest.Context, key: IdempotencyKey?
    ) async throws(PersonalWalletError) -> TransferAnswer {
        guard let payer = try await find(amount.currency, of: person) else { throw .noWallet }
        let payee: PersonID?
        do throws(PeopleError) { payee = try await people.person(called: handle) } catch {
            throw .people(error)
        }
        guard let payee else { throw .unknownPayee }
        let account = try await open(amount.currency, of: payee).publicID
        do throws(WalletError) {
            return try await wallet.open(
                PaymentRequest(payer: payer, payee: account, amount: amount, context: context),
                as: .payment, key: key)
        } catch { throw .wallet(error) }
    }

    /// A payment that the person makes or gets, as it is now.
    public func payment(
        _ id: TransferID, of person: PersonID
    ) async throws(PersonalWalletError) -> TransferAnswer {
        let answer = try await transfer(id)
        if try await isOwner(person, of: answer.payer) { return answer }
        if try await isOwner(person, of: answer.payee) { return answer }
        throw .unknownPayment
    }

    // MARK: - Confirming

    /// Asks for a passkey of the payer of a challenged payment.
    public func askPasskey(
        toConfirm id: TransferID, by person: PersonID
    ) async throws(PersonalWalletError) -> People.PasskeyQuestion {
        let terms = try await terms(of: id, paidBy: person)
        do throws(PeopleError) {
            return try await people.askPasskey(person, toConfirm: terms)
        } catch { throw .people(error) }
    }

    /// The payer confirms a challenged payment: it is posted if what they show is right, and voided if not.
    ///
    /// - Throws: ``PersonalWalletError``, also if the payment waits for no confirmation, or no longer; nothing is shown in
    ///   vain then.
    public func confirm(
        _ id: TransferID, by person: PersonID, _ proof: PaymentProof, key: IdempotencyKey?
    ) async throws(PersonalWalletError) -> TransferAnswer {
        let terms = try await terms(of: id, paidBy: person)
        let isConfirmed: Bool
        do throws(PeopleError) {
            isConfirmed = try await people.isConfirmed(terms, by: person, proof)
        } catch { throw .people(error) }
        do throws(WalletError) {
            return try await wallet.challenge(
                id, passed: isConfirmed, actor: "person:\(person)", key: key)
        } catch { throw .wallet(error) }
    }

    // MARK: - Inside

    private func terms(
        of id: TransferID, paidBy person: PersonID
    ) async throws(PersonalWalletError) -> PaymentTerms {
        let answer = try await transfer(id)
        guard try await isOwner(person, of: answer.payer),
            let currency = Currency(number: answer.transfer.currency)
        else { throw .unknownPayment }
        guard answer.transfer.state == .challenged else {
            throw .wallet(
                .refused(.wrongState, "this payment waits for no confirmation, or no longer"))
        }
        return PaymentTerms(
            transfer: id, payee: "\(answer.payee)", amountMinor: answer.transfer.amount,
            currency: currency.code)
    }

    private func transfer(_ id: TransferID) async throws(PersonalWalletError) -> TransferAnswer {
        do throws(WalletError) { return try await wallet.transfer(id, kind: .payment) } catch {
            if error.refusal == .unknownTransfer { throw .unknownPayment }
            throw .wallet(error)
        }
    }

    private func isOwner(
        _ person: PersonID, of account: PublicAccountID
    ) async throws(PersonalWalletError) -> Bool {
        do throws(PeopleError) {
            return try await people.owner(of: account.uuid) == person
        } catch { throw .people(error) }
    }

    private func rows(
        of person: PersonID
    ) async throws(PersonalWalletError) -> [(account: TransferID, currency: String)] {
        do throws(PeopleError) { return try await people.wallets(of: person) } catch {
            throw .people(error)
        }
    }

    private func find(
        _ currency: Currency, of person: PersonID
    ) async throws(PersonalWalletError) -> PublicAccountID? {
        try await rows(of: person).first { $0.currency == currency.code }
            .map { PublicAccountID(uuid: $0.account) }
    }

    private func view(
        _ account: PublicAccountID
    ) async throws(PersonalWalletError) -> AccountView {
        do throws(WalletError) { return try await wallet.view(account) } catch {
            throw .wallet(error)
        }
    }
}

public import EventLog
internal import Foundation
public import Identity
public import Ledger
public import Logging
public import People
internal import PostgreSQL
internal import Synchronization
public import Wallet

/// What people do with their money: they own accounts of the ledger, one wallet for each currency, pay and ask each other,
/// put money aside, and exchange it. Any number of processes may run one on the same database.
public final class PersonalWallets: Sendable {
    let wallet: Wallet
    let people: People
    let logger: Logger
    /// How often strangers may be asked for money.
    public let rule: AskingRule
    /// How long money waits to be claimed, in seconds.
    let claimSeconds: Int64
    private let clock: @Sendable () -> Timestamp
    private let chores = Mutex<Task<Void, Never>?>(nil)

    /// Wallets of `people` in the ledger of `wallet`; both stay the caller's to stop, after these.
    ///
    /// - Parameters:
    ///   - claimSeconds: how long money waits for somebody who is not registered, before it is returned.
    ///   - clock: the time by which things are due; that of people unless it is given.
    public init(
        _ wallet: Wallet, _ people: People, rule: AskingRule = AskingRule(),
        claimSeconds: Int64 = 14 * 86_400, logger: Logger,
        clock: (@Sendable () -> Timestamp)? = nil
    ) {
        self.wallet = wallet
        self.people = people
        self.rule = rule
        self.claimSeconds = claimSeconds
        self.logger = logger
        self.clock = clock ?? { people.now }
        people.add(WalletData())
        people.add(listings)
    }

    /// Begins to do what is due by itself: return what nobody claimed, end requests, make standing payments.
    public func start() {
        let task = Task { [weak self] in
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                guard !Task.isCancelled, let self else { return }
                await self.doChores()
            }
        }
        chores.withLock { $0 = task }
    }

    /// Ends what ``start()`` began, and waits for it.
    public func stop() async {
        let task = chores.withLock { $0.take() }
        task?.cancel()
        await task?.value
    }

    /// Does once what is due. What fails is tried again at the next time.
    func doChores() async {
        await attempt("claims") { () throws(PersonalWalletError) in
            try await self.returnUnclaimed()
        }
        await attempt("requests") { () throws(PersonalWalletError) in
            try await self.settleShares()
        }
        await attempt("links") { () throws(PersonalWalletError) in
            try await self.settleUses()
        }
        await attempt("offers") { () throws(PersonalWalletError) in
            try await self.sweepQuotes()
        }
        await attempt("erasures") { () throws(PersonalWalletError) in
            try await self.undoErasures()
        }
        await attempt("standing payments") { () throws(PersonalWalletError) in
            try await self.payStanding()
        }
        await attempt("erased contexts") { () throws(PersonalWalletError) in
            try await self.eraseContexts()
        }
        await attempt("notices") { () throws(PersonalWalletError) in
            try await self.tellOfPayments()
        }
        await attempt("statements") { () throws(PersonalWalletError) in
            try await self.tellOfStatements()
        }
    }

    /// Tells people of statements of months that are over.
    func tellOfStatements() async throws(PersonalWalletError) {
        let now = now
        try await ofPeople { () throws(PeopleError) in
            try await StatementNotices(people: self.people).catchUp(at: now)
        }
    }

    /// Does something that is due. That it fails keeps nothing else from being done.
    func attempt(
        _ what: String, _ body: () async throws(PersonalWalletError) -> Void
    ) async {
        do throws(PersonalWalletError) { try await body() } catch {
            logger.warning(
                "what is due waits", metadata: ["what": "\(what)", "error": "\(error.code)"])
        }
    }

    /// Tells people of what became of their payments.
    func tellOfPayments() async throws(PersonalWalletError) {
        try await ofPeople { () throws(PeopleError) in
            try await PaymentNotices(people: self.people).catchUp()
        }
    }

    // MARK: - Wallets

    /// A person's wallet of a currency, opened when it is first asked for. Asked for twice at once it is one.
    public func open(
        _ currency: Currency, of person: PersonID
    ) async throws(PersonalWalletError) -> AccountView {
        if let known = try await find(currency, of: person) { return try await view(known) }
        // The ledger knows the request by this key: whoever asks at the same time gets the same account.
        let view = try await openAccount(
            owner: "\(person)", currency, scope: "wallets", key: "\(person).\(currency.code)")
        try await ofPeople { () throws(PeopleError) in
            try await self.people.addWallet(view.publicID.uuid, currency.code, of: person)
        }
        return view
    }

    /// Opens an account of the ledger, once for each key.
    func openAccount(
        owner: String, _ currency: Currency, scope: String, key: String
    ) async throws(PersonalWalletError) -> AccountView {
        let key = IdempotencyKey(scope: scope, key: key, method: "", path: "", body: [])
        return try await ofWallet { () throws(WalletError) in
            try await self.wallet.openAccount(owner: owner, currency: currency, key: key)
        }
    }

    /// All wallets of a person, the oldest first.
    public func all(of person: PersonID) async throws(PersonalWalletError) -> [AccountView] {
        var views: [AccountView] = []
        for known in try await rows(of: person) {
            views.append(try await view(PublicAccountID(uuid: known.account)))
        }
        return views
    }

    // MARK: - Inside

    /// Runs in a transaction on the database of people.
    func transact<Value: Sendable>(
        _ body:
            @escaping @Sendable (inout Connection) throws(PostgreSQLError) -> People.Answer<Value>
    ) async throws(PersonalWalletError) -> Value {
        try await ofPeople { () throws(PeopleError) in try await self.people.transact(body) }
    }

    /// The same, recording what was done.
    func enact<Value: Sendable>(
        _ body:
            @escaping @Sendable (inout Connection, inout Acts) throws(PostgreSQLError) ->
            People.Answer<Value>
    ) async throws(PersonalWalletError) -> Value {
        try await ofPeople { () throws(PeopleError) in try await self.people.enact(body) }
    }

    func ofPeople<Value: Sendable>(
        _ body: @Sendable () async throws(PeopleError) -> Value
    ) async throws(PersonalWalletError) -> Value {
        do throws(PeopleError) { return try await body() } catch { throw .people(error) }
    }

    func ofWallet<Value: Sendable>(
        _ body: @Sendable () async throws(WalletError) -> Value
    ) async throws(PersonalWalletError) -> Value {
        do throws(WalletError) { return try await body() } catch { throw .wallet(error) }
    }

    var now: Timestamp { clock() }

    func isOwner(
        _ person: PersonID, of account: PublicAccountID
    ) async throws(PersonalWalletError) -> Bool {
        try await ofPeople { () throws(PeopleError) in
            try await self.people.owner(of: account.uuid) == person
        }
    }

    func rows(
        of person: PersonID
    ) async throws(PersonalWalletError) -> [(account: TransferID, currency: String)] {
        try await ofPeople { () throws(PeopleError) in try await self.people.wallets(of: person) }
    }

    func find(
        _ currency: Currency, of person: PersonID
    ) async throws(PersonalWalletError) -> PublicAccountID? {
        try await rows(of: person).first { $0.currency == currency.code }
            .map { PublicAccountID(uuid: $0.account) }
    }

    /// The person's wallet of a currency, which they must have.
    func own(
        _ currency: Currency, of person: PersonID
    ) async throws(PersonalWalletError) -> PublicAccountID {
        guard let account = try await find(currency, of: person) else { throw .noWallet }
        return account
    }

    func view(_ account: PublicAccountID) async throws(PersonalWalletError) -> AccountView {
        try await ofWallet { () throws(WalletError) in try await self.wallet.view(account) }
    }
}

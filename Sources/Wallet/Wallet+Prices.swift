public import EventLog
public import Fees
public import Ledger
internal import PostgreSQL
public import Pricing
internal import SpendingLimits

extension Wallet {
    /// What a payment out of an account would cost, and what it would count towards limits; nothing is reserved.
    ///
    /// - Throws: ``WalletError``, also if there is no such account or no price for such a payment.
    public func price(
        _ kind: PaymentKind, _ amount: Money, from payer: PublicAccountID
    ) async throws(WalletError) -> PaymentPrice {
        try price(kind, amount, from: try await entry(payer))
    }

    func price(
        _ kind: PaymentKind, _ amount: Money, from payer: AccountDirectory.Entry
    ) throws(WalletError) -> PaymentPrice {
        guard let pricing = configuration.pricing else { return PaymentPrice() }
        let payment = FeePayment(
            kind: kind, tier: tiers.tier(of: payer.spender), amount: amount)
        do throws(PricingError) {
            return try pricing.price(payment, by: payer.spender, at: WallClock.now)
        } catch { throw WalletError(error) }
    }

    /// The legs of a fee, each from the account of who bears it to the house's.
    func feeLegs(
        _ fee: FeeQuote?, payer: AccountID, payee: AccountID
    ) async throws(WalletError) -> [Movement] {
        guard let fee, !fee.legs.isEmpty else { return [] }
        let house = try await house(.fees, fee.fee.currency)
        return fee.legs.map { leg in
            Movement(
                role: .fee, from: leg.side == .payer ? payer : payee, to: house,
                amount: leg.amount.minor)
        }
    }

    /// What a spender has left of their limits.
    public struct RemainingLimit: Sendable {
        /// The word of a kind of payment; nil for all together.
        public var kind: PaymentKind?
        /// The bounds.
        public var limit: SpendingLimit
        /// Spent in the present UTC day and month, in minor units.
        public var spent: SpendingCount
    }

    /// The limits of a spender, and what they have spent; nil without any limits.
    public func limits(
        of spender: TransferID
    ) async throws(WalletError) -> (currency: Currency, tier: Tier?, limits: [RemainingLimit])? {
        guard let schedule = configuration.pricing?.limits else { return nil }
        let counts = try await reading { () throws(PostgreSQLError) in
            try await self.queries.spent(by: spender, in: schedule.currency.number)
        }
        let tier = tiers.tier(of: spender)
        let nothing = SpendingCount()
        let kinds: [SpendingKind?] = [nil] + SpendingKind.allCases
        let all = kinds.compactMap { kind -> RemainingLimit? in
            let limit = schedule.limit(of: tier, on: kind)
            if limit == SpendingLimit() { return nil }
            return RemainingLimit(
                kind: kind.flatMap { PaymentKind(rawValue: $0.word) }, limit: limit,
                spent: counts[kind?.rawValue ?? 0] ?? nothing)
        }
        return (schedule.currency, tier, all)
    }
}

extension WalletError {
    /// There is no price for what was asked.
    init(_ error: PricingError) {
        switch error {
        case .fees(let error): self = .invalid(error.code.rawValue, error.detail)
        case .exchange(let error): self = .invalid(error.code.rawValue, error.detail)
        case .limits(let error): self = .invalid(error.code.rawValue, error.detail)
        case .noRates: self = .invalid("no_rates", "there are no rates of exchange here")
        case .file: self = .outOfReach
        }
    }
}

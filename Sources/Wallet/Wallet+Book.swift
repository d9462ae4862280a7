public import EventLog
internal import Fees
public import ForeignExchange
public import Ledger
internal import Pricing

extension Wallet {
    /// Moves money between two accounts of one owner, or to somebody of what was kept for them, at once: no payment, so no
    /// engine, fee or limit is asked.
    ///
    /// - Parameter once: the identifier of the transfer, if that stands for something that happens once.
    public func book(
        _ amount: Money, from payer: PublicAccountID, to payee: PublicAccountID,
        once: TransferID? = nil, key: IdempotencyKey?
    ) async throws(WalletError) -> TransferAnswer {
        let (from, to) = (try await entry(payer), try await entry(payee))
        return try await answer(
            submit(
                .transfer(
                    .init(
                        id: once ?? WallClock.newID(), kind: .book,
                        currency: amount.currency.number, payer: from.id, payee: to.id,
                        amount: amount.minor, mode: .immediate, happensOnce: once != nil)), key))
    }

    // MARK: - Exchange

    /// An offer to exchange. See ``quote(_:_:against:id:at:lifetimeSeconds:)``.
    public func quote(
        _ side: FXQuote.Side, _ fixed: Money, against counter: Currency, id: FXQuoteID,
        at now: Timestamp, lifetimeSeconds: Int64
    ) throws(WalletError) -> FXQuote {
        guard let pricing = configuration.pricing else { throw WalletError(PricingError.noRates) }
        do throws(PricingError) {
            return try pricing.quote(
                side, fixed, against: counter, id: id, at: now, lifetimeSeconds: lifetimeSeconds)
        } catch { throw WalletError(error) }
    }

    /// What is exchanged for what.
    public struct Exchange: Sendable {
        /// The identifier of its transfer, which is the offer's: so it is carried out once.
        public var id: TransferID
        /// What the customer gives.
        public var sell: Money
        /// What the customer gets.
        public var buy: Money
        /// What stays with the house against the mid rate, of one of the two currencies.
        public var kept: Money
        /// The first moment, by the ledger's clock, at which it is refused.
        public var validUntil: Timestamp

        /// An exchange as it was offered.
        public init(
            id: TransferID, sell: Money, buy: Money, kept: Money, validUntil: Timestamp
        ) {
            self.id = id
            self.sell = sell
            self.buy = buy
            self.kept = kept
            self.validUntil = validUntil
        }
    }

    /// Exchanges between two accounts of one owner, through the house's accounts, in one transfer: what is sold goes to
    /// the house's position, what is bought comes from it, and what the house keeps goes from its position to its income.
    public func exchange(
        _ exchange: Exchange, from seller: PublicAccountID, to buyer: PublicAccountID,
        key: IdempotencyKey?
    ) async throws(WalletError) -> TransferAnswer {
        let (from, to) = (try await entry(seller), try await entry(buyer))
        let sold = try await house(.exchange, exchange.sell.currency)
        let bought = try await house(.exchange, exchange.buy.currency)
        var legs = [
            Movement(role: .exchange, from: bought, to: to.id, amount: exchange.buy.minor)
        ]
        if exchange.kept.minor > 0 {
            let position = exchange.kept.currency == exchange.sell.currency ? sold : bought
            legs.append(
                Movement(
                    role: .exchange, from: position,
                    to: try await house(.fees, exchange.kept.currency), amount: exchange.kept.minor)
            )
        }
        let price = try price(.exchange, exchange.sell, from: from)
        // The price list's fee, if it has one, is the customer's alone: the house's position pays no fees.
        if let fee = price.fee, fee.fee.minor > 0 {
            legs.append(
                Movement(
                    role: .fee, from: from.id, to: try await house(.fees, fee.fee.currency),
                    amount: fee.fee.minor))
        }
        return try await answer(
            submit(
                .transfer(
                    .init(
                        id: exchange.id, kind: .exchange,
                        currency: exchange.sell.currency.number, payer: from.id, payee: sold,
                        amount: exchange.sell.minor, extraLegs: legs, mode: .immediate,
                        spending: price.spending, validUntil: exchange.validUntil,
                        happensOnce: true)), key))
    }
}

public import EventLog
public import Fees
public import ForeignExchange
internal import Ledger
public import Logging
public import SpendingLimits

/// What payments cost and how much may be spent: price list, limits and rates, each from files that are read again when
/// they change.
public final class Pricing: Sendable {
    private let feeBook: WatchedFiles<FeeBook>
    private let limitSchedule: WatchedFiles<LimitSchedule>
    private let rateTable: WatchedFiles<RateTable>
    private let spreadTable: WatchedFiles<Spreads>
    private let watching: Task<Void, Never>

    /// Reads the files that there are.
    ///
    /// - Throws: ``PricingError`` naming the file, if one of them is wrong: a service does not start with wrong prices.
    public init(_ files: PriceFiles, logger: Logger) throws(PricingError) {
        let book = try WatchedFiles<FeeBook>(logger: logger, paths: { files.feeSchedules }) {
            texts throws(PricingError) in try Self.book(texts)
        }
        let limits = try WatchedFiles<LimitSchedule>(logger: logger, paths: { [files.limits] }) {
            texts throws(PricingError) in
            try Self.single(texts) { text throws(LimitError) in try LimitSchedule(text: text) }
        }
        let rates = try WatchedFiles<RateTable>(logger: logger, paths: { [files.rates] }) {
            texts throws(PricingError) in
            try Self.single(texts) { text throws(FXError) in try RateTable(text: text) }
        }
        let spreads = try WatchedFiles<Spreads>(logger: logger, paths: { [files.spreads] }) {
            texts throws(PricingError) in
            try Self.single(texts) { text throws(FXError) in try Spreads(text: text) }
        }
        feeBook = book
        limitSchedule = limits
        rateTable = rates
        spreadTable = spreads
        watching = Task {
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                book.look()
                limits.look()
                rates.look()
                spreads.look()
            }
        }
    }

    /// Stops looking at the files.
    public func stop() async {
        watching.cancel()
        await watching.value
    }

    // MARK: - Asking

    /// The price list; nil if there is none, and so no fees.
    public var fees: FeeBook? { feeBook.value }

    /// The limits; nil if there are none.
    public var limits: LimitSchedule? { limitSchedule.value }

    /// What a payment costs its parties, and what it counts towards the limits of who pays.
    ///
    /// Amounts in other currencies than that of the limits count at the newest rates, however old: limits go on while
    /// nothing is exchanged.
    public func price(
        _ payment: FeePayment, by spender: TransferID, at now: Timestamp
    ) throws(PricingError) -> PaymentPrice {
        var price = PaymentPrice()
        if let book = fees {
            do throws(FeeError) { price.fee = try book.quote(payment, at: now) } catch {
                throw .fees(error)
            }
        }
        if let limits, !limits.isEmpty, let kind = SpendingKind(payment.kind) {
            let total = price.fee?.payerTotal ?? payment.amount
            price.spending = limits.check(
                spender, tier: payment.tier, kind: kind,
                amountMinor: try counted(total, in: limits.currency))
        }
        return price
    }

    /// What an amount counts in the currency of the limits, rounded up.
    private func counted(_ amount: Money, in currency: Currency) throws(PricingError) -> Int64 {
        if amount.currency == currency { return amount.minor }
        guard let rates = rateTable.value else { throw .noRates }
        do throws(FXError) { return try rates.reference(of: amount, in: currency).minor } catch {
            throw .exchange(error)
        }
    }

    /// An offer to exchange, for a short time and once. Refused if the rates are too old.
    ///
    /// - Parameters:
    ///   - fixed: the amount that the customer fixed.
    ///   - side: whether they sell or buy it.
    ///   - counter: the other currency.
    public func quote(
        _ side: FXQuote.Side, _ fixed: Money, against counter: Currency, id: FXQuoteID,
        at now: Timestamp, lifetimeSeconds: Int64
    ) throws(PricingError) -> FXQuote {
        guard let rates = rateTable.value else { throw .noRates }
        do throws(FXError) {
            let spreads: Spreads
            if let known = spreadTable.value {
                spreads = known
            } else {
                spreads = try Spreads(standard: .none)
            }
            switch side {
            case .sell:
                return try rates.quote(
                    selling: fixed, for: counter, spreads: spreads, id: id, at: now,
                    lifetimeSeconds: lifetimeSeconds)
            case .buy:
                return try rates.quote(
                    buying: fixed, with: counter, spreads: spreads, id: id, at: now,
                    lifetimeSeconds: lifetimeSeconds)
            }
        } catch { throw .exchange(error) }
    }

    // MARK: - Reading

    private static func book(_ texts: [WatchedFiles<FeeBook>.Text]) throws(PricingError) -> FeeBook
    {
        var schedules: [FeeSchedule] = []
        for (path, text) in texts {
            do throws(FeeError) { schedules.append(try FeeSchedule(json: Array(text.utf8))) } catch
            {
                throw .file(path: path, cause: error.description)
            }
        }
        do throws(FeeError) { return try FeeBook(schedules) } catch { throw .fees(error) }
    }

    private static func single<Value, Cause: Error & CustomStringConvertible>(
        _ texts: [(path: String, text: String)], _ read: (String) throws(Cause) -> Value
    ) throws(PricingError) -> Value {
        guard let (path, text) = texts.first else {
            throw .file(path: "", cause: "there is no file")
        }
        do throws(Cause) { return try read(text) } catch {
            throw .file(path: path, cause: error.description)
        }
    }
}

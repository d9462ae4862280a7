import EventLog
import Fees
import Foundation
import ForeignExchange
import Ledger
import Logging
import Pricing
import Testing

/// Prices from real files.
@Suite struct PricingTests {
    private let folder = FileManager.default.temporaryDirectory
        .appendingPathComponent("prices-\(UUID().uuidString)")
    private let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
    private let now = Timestamp(1_800_000_000_000_000)
    private let eur = Currency(code: "EUR")!
    private let usd = Currency(code: "USD")!
    private let jpy = Currency(code: "JPY")!

    init() throws {
        try FileManager.default.createDirectory(
            at: folder.appendingPathComponent("fees"), withIntermediateDirectories: true)
    }

    private func write(_ text: String, _ name: String) throws {
        try text.write(
            to: folder.appendingPathComponent(name), atomically: true, encoding: .utf8)
    }

    private func pricing() throws -> Pricing {
        try Pricing(PriceFiles(folder: folder.path), logger: logger)
    }

    private func rates(_ rate: String, at moment: Timestamp) -> String {
        """
        source,test
        observed_at,\(moment.rfc3339())
        maximum_age_seconds,3600
        pivot,EUR
        EUR,USD,\(rate)
        EUR,JPY,160
        """
    }

    private func payment(_ minor: Int64, _ currency: Currency) -> FeePayment {
        FeePayment(kind: .p2p, tier: nil, amount: Money(minor: minor, currency: currency))
    }

    @Test func `without files there are no fees, no limits and no rates`() throws {
        let price = try pricing().price(payment(100, eur), by: .none, at: now)
        #expect(price.fee == nil)
        #expect(price.spending == nil)
        #expect(throws: PricingError.self) {
            try pricing().quote(
                .sell, Money(minor: 100, currency: eur), against: usd,
                id: FXQuoteID(high: 1, low: 1), at: now, lifetimeSeconds: 30)
        }
    }

    @Test func `what counts towards limits is what the payer pays, in their currency, rounded up`()
        throws
    {
        try write(
            """
            {"version": 1, "valid_from": "2026-01-01T00:00:00Z", "rules": [
              {"id": "p2p", "kind": "p2p", "parts_per_million": 10000, "paid_by": "payer"}]}
            """, "fees/1.json")
        try write("currency,EUR\n*,all,100.00,-,-\n", "limits.csv")
        // Rates long out of date still count towards limits, although nothing is exchanged by them.
        try write(rates("1.10", at: now.adding(seconds: -90_000)), "rates.csv")
        let pricing = try pricing()
        let inEuros = try pricing.price(
            payment(10_000, eur), by: TransferID(high: 1, low: 2), at: now)
        #expect(inEuros.fee?.payerShare.minor == 100)
        #expect(inEuros.spending?.spending.amount == 10_100)
        #expect(inEuros.spending?.inAll.payment == 10_000)
        // 101.00 USD / 1.10 = 91.8181… EUR
        let inDollars = try pricing.price(payment(10_000, usd), by: .none, at: now)
        #expect(inDollars.spending?.spending.amount == 9_182)
        // 1,010 JPY / 160 = 6.3125 EUR
        let inYen = try pricing.price(payment(1_000, jpy), by: .none, at: now)
        #expect(inYen.spending?.spending.amount == 632)
        #expect(throws: PricingError.self) {
            try pricing.quote(
                .sell, Money(minor: 100, currency: eur), against: usd,
                id: FXQuoteID(high: 1, low: 1), at: now, lifetimeSeconds: 30)
        }
    }

    @Test func `files that change are read again, and wrong ones change nothing`() async throws {
        try write(rates("1.10", at: now), "rates.csv")
        let pricing = try pricing()
        func bought() throws -> Int64 {
            try pricing.quote(
                .sell, Money(minor: 10_000, currency: eur), against: usd,
                id: FXQuoteID(high: 1, low: 1), at: now, lifetimeSeconds: 30
            ).buy.minor
        }
        #expect(try bought() == 11_000)
        try write("nonsense", "rates.csv")
        try await Task.sleep(for: .milliseconds(1_500))
        #expect(try bought() == 11_000)
        try write(rates("1.20", at: now), "rates.csv")
        let end = ContinuousClock.now + .seconds(20)
        while try bought() != 12_000, ContinuousClock.now < end {
            try await Task.sleep(for: .milliseconds(50))
        }
        #expect(try bought() == 12_000)
        await pricing.stop()
    }

    @Test func `a service does not start with a wrong price list, and is told which file it is`()
        throws
    {
        try write("{}", "fees/1.json")
        let error = #expect(throws: PricingError.self) { try pricing() }
        #expect(error.map { "\($0)".contains("fees/1.json") } ?? false)
    }
}

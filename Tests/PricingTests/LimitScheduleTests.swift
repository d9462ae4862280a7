import EventLog
import Fees
import Ledger
import SpendingLimits
import Testing

@Suite struct LimitScheduleTests {
    private let text = """
        # What everybody may spend.
        currency,EUR
        *,all,150.00,300.00,1000.00
        *,withdrawal,-,100.00,-
        gold,all,5000.00,-,-
        """

    @Test func `a tier has its own limits, and one that is not named those of everybody`() throws {
        let schedule = try LimitSchedule(text: text)
        let gold = try #require(Tier(rawValue: "gold"))
        let other = try #require(Tier(rawValue: "silver"))
        let everybody = SpendingLimit(payment: 15_000, day: 30_000, month: 100_000)
        #expect(schedule.currency.code == "EUR")
        #expect(schedule.limit(of: nil, on: nil) == everybody)
        #expect(schedule.limit(of: other, on: nil) == everybody)
        #expect(schedule.limit(of: other, on: .withdrawal) == SpendingLimit(day: 10_000))
        #expect(schedule.limit(of: other, on: .p2p) == SpendingLimit())
        #expect(schedule.limit(of: gold, on: nil) == SpendingLimit(payment: 500_000))
        #expect(schedule.limit(of: gold, on: .withdrawal) == SpendingLimit())
    }

    @Test(
        arguments: [
            ("", LimitError.Code.missingCurrency, nil), ("gold,all,1,1,1", .missingCurrency, 1),
            ("currency,EUX", .unknownCurrency, 1), ("currency,EUR\ncurrency,EUR", .duplicate, 2),
            ("currency,EUR\ngold,all,1.00,1.00", .malformedLine, 2),
            ("currency,EUR\nGold,all,1.00,1.00,1.00", .malformedTier, 2),
            ("currency,EUR\n\ngold,gift,1.00,1.00,1.00", .unknownKind, 3),
            ("currency,EUR\ngold,all,1.001,1.00,1.00", .malformedAmount, 2),
            ("currency,EUR\ngold,all,-1.00,1.00,1.00", .malformedAmount, 2),
            ("currency,EUR\ngold,all,1.00,-,-\ngold,all,2.00,-,-", .duplicate, 3),
        ] as [(String, LimitError.Code, Int?)])
    func `what is wrong is said with its line`(text: String, code: LimitError.Code, line: Int?) {
        let error = #expect(throws: LimitError.self) { try LimitSchedule(text: text) }
        #expect(error?.code == code)
        #expect(error?.line == line)
    }
}

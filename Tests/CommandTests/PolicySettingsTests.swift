import EventLog
import Foundation
import Ledger
import Operations
import Testing

/// The fail policy's settings as people write them.
@Suite struct PolicySettingsTests {
    @Test(arguments: [
        ("500ms", 500), ("30s", 30_000), ("5m", 300_000), ("24h", 86_400_000), ("7d", 604_800_000),
        ("90s", 90_000), ("0s", 0), ("1500ms", 1_500),
    ])
    func `lengths of time are read, and written so that they read back`(
        text: String, milliseconds: Int64
    ) throws {
        let span = try #require(TimeSpan(text))
        #expect(span.milliseconds == milliseconds)
        #expect(TimeSpan("\(span)") == span)
    }

    @Test(arguments: ["", "5", "s", "-5s", "5 s", "1.5h", "5S", "5w", "99999999999999999d", "٥s"])
    func `what is no length of time is none`(text: String) {
        #expect(TimeSpan(text) == nil)
    }

    @Test(arguments: [
        ("USD", "CURRENCY=AMOUNT"), ("USD=1=2", "CURRENCY=AMOUNT"), ("XXX=1", "no currency"),
        ("USD=", "no amount"), ("USD=1e3", "no amount"), ("USD=1.005", "2 decimals"),
        ("JPY=1.5", "0 decimals"), ("USD=0", "greater than zero"), ("USD=-1", "greater than zero"),
        ("USD=999999999999999999999", "more than can be counted"),
    ])
    func `an amount that is none is refused, saying why`(text: String, cause: String) {
        let error = #expect(throws: OperationError.self) { try CurrencyAmount(text) }
        #expect(error?.description.contains(cause) == true, "\(error?.description ?? "")")
    }

    private static func settings(_ change: (inout PolicySettings) throws -> Void) throws
        -> PolicySettings
    {
        var settings = PolicySettings()
        try change(&settings)
        return settings
    }

    @Test func `settings that make no sense are refused by their option's name`() throws {
        let dollars = try CurrencyAmount("USD=20.00")
        let cases: [(String, PolicySettings)] = [
            ("--decide-within 9ms", try Self.settings { $0.decideWithin = .init(milliseconds: 9) }),
            ("--decide-within 61s", try Self.settings { $0.decideWithin = .init(seconds: 61) }),
            ("--undecided-limit 0", try Self.settings { $0.undecidedLimit = 0 }),
            ("--undecided-limit 200001", try Self.settings { $0.undecidedLimit = 200_001 }),
            ("--hold-expiry 0s", try Self.settings { $0.holdExpiry = .init(seconds: 0) }),
            (
                "--challenge-expiry 1500ms",
                try Self.settings { $0.challengeExpiry = .init(milliseconds: 1_500) }
            ),
            (
                "--authorization-expiry 367d",
                try Self.settings { $0.authorizationExpiry = .init(seconds: 367 * 86_400) }
            ),
            (
                "--key-retention 36h",
                try Self.settings { $0.keyRetention = .init(seconds: 129_600) }
            ),
            ("--key-retention 0s", try Self.settings { $0.keyRetention = .init(seconds: 0) }),
            (
                "--rebase-after 31d",
                try Self.settings { $0.rebaseAfter = .init(seconds: 31 * 86_400) }
            ),
            (
                "--key-retention 3661d",
                try Self.settings { $0.keyRetention = .init(seconds: 3_661 * 86_400) }
            ),
            ("--on-failure post-small", try Self.settings { $0.onFailure = .postSmall }),
            ("need --on-failure", try Self.settings { $0.smallAmounts = [dollars] }),
            ("need --on-failure", try Self.settings { $0.hourlySums = [dollars] }),
            (
                "needs --small-hourly USD",
                try Self.settings {
                    $0.onFailure = .postSmall
                    $0.smallAmounts = [dollars]
                }
            ),
            (
                "less than --small-amount",
                try Self.settings {
                    $0.onFailure = .postSmall
                    $0.smallAmounts = [dollars]
                    $0.hourlySums = [try CurrencyAmount("USD=19.99")]
                }
            ),
            (
                "needs --small-amount EUR",
                try Self.settings {
                    $0.onFailure = .postSmall
                    $0.smallAmounts = [dollars]
                    $0.hourlySums = [dollars, try CurrencyAmount("EUR=1")]
                }
            ),
            (
                "stands twice",
                try Self.settings {
                    $0.onFailure = .postSmall
                    $0.smallAmounts = [dollars, dollars]
                    $0.hourlySums = [dollars]
                }
            ),
        ]
        for (cause, settings) in cases {
            let error = #expect(throws: OperationError.self, "\(cause)") { try settings.check() }
            #expect(error?.description.contains(cause) == true, "\(error?.description ?? "")")
        }
    }

    @Test func `settings become the ledger's policy, in minor units by currency`() throws {
        let settings = try Self.settings {
            $0.onFailure = .postSmall
            $0.smallAmounts = [try CurrencyAmount("USD=20"), try CurrencyAmount("JPY=3000")]
            $0.hourlySums = [try CurrencyAmount("USD=60.5"), try CurrencyAmount("JPY=9000")]
            $0.holdExpiry = .init(seconds: 7_200)
            $0.undecidedLimit = 5
        }
        let policy = try settings.ledgerPolicy()
        guard case .postSmall(let maximum, let hourlySum) = policy.onFailure else {
            Issue.record("\(policy.onFailure)")
            return
        }
        #expect(maximum == [840: 2_000, 392: 3_000])
        #expect(hourlySum == [840: 6_050, 392: 9_000])
        #expect(policy.holdSeconds == 7_200 && policy.undecidedLimit == 5)
        #expect(policy.authorizationSeconds == LedgerPolicy().authorizationSeconds)
    }
}

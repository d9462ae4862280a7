internal import EventLog
public import Ledger
internal import Wallet

/// What a wallet does when nobody decides, how long states last and keys are known: checked settings, as options of the commands.
public struct PolicySettings: Sendable {
    /// What becomes of payments that nobody decides.
    public enum OnFailure: String, Sendable, CaseIterable {
        case hold
        case postSmall = "post-small"
    }

    /// What becomes of payments that nobody decides; without more settings they are held.
    public var onFailure = OnFailure.hold
    /// Largest amount, by currency, that goes through undecided.
    public var smallAmounts: [CurrencyAmount] = []
    /// Most that goes through undecided of one payer in an hour, by currency.
    public var hourlySums: [CurrencyAmount] = []
    /// How long a payment waits for its decision.
    public var decideWithin = TimeSpan(milliseconds: 500)
    /// How many transfers may be undecided at once; what comes beyond that is the fail policy's at once.
    public var undecidedLimit: Int64 = LedgerPolicy().undecidedLimit
    /// How long an authorization's funds stay locked for captures.
    public var authorizationExpiry = TimeSpan(seconds: LedgerPolicy().authorizationSeconds)
    /// How long a held transfer waits for a review.
    public var holdExpiry = TimeSpan(seconds: LedgerPolicy().holdSeconds)
    /// How long a payer has to pass a challenge.
    public var challengeExpiry = TimeSpan(seconds: LedgerPolicy().challengeSeconds)

    /// How long a repeated request is known by its idempotency key.
    public var keyRetention = TimeSpan(seconds: WalletConfiguration.usualKeyRetentionSeconds)

    /// How long after somebody was erased the engine's state is made anew without what was known of them, at most.
    public var rebaseAfter = TimeSpan(seconds: WalletConfiguration.usualRebaseAfterSeconds)

    /// The settings that hold unless options change them.
    public init() {}

    private static let decideWithinBounds = 10...Int64(60_000)
    private static let expiryBounds = 1...Int64(366 * 86_400)
    private static let dayMilliseconds: Int64 = 86_400_000
    private static let rebaseBounds = 0...Int64(30 * 86_400)
    private static let retentionBounds = 1...Int64(3_660)
    /// An engine keeps no more reserves pending than some more than this.
    private static let undecidedBounds = 1...Int64(200_000)

    /// Refuses what makes no sense.
    ///
    /// - Throws: ``OperationError`` naming the option, its value and what would be right.
    public func check() throws(OperationError) {
        guard Self.decideWithinBounds.contains(decideWithin.milliseconds) else {
            throw OperationError(
                "--decide-within \(decideWithin): an engine is given from 10ms to 60s")
        }
        guard Self.undecidedBounds.contains(undecidedLimit) else {
            throw OperationError("--undecided-limit \(undecidedLimit): it is from 1 to 200000")
        }
        let expiries = [
            ("--authorization-expiry", authorizationExpiry), ("--hold-expiry", holdExpiry),
            ("--challenge-expiry", challengeExpiry),
        ]
        for (name, span) in expiries {
            guard Self.expiryBounds.contains(span.seconds), span.milliseconds % 1_000 == 0 else {
                throw OperationError("\(name) \(span): whole seconds from 1s to 366d")
            }
        }
        guard Self.retentionBounds.contains(keyRetention.milliseconds / Self.dayMilliseconds),
            keyRetention.milliseconds % Self.dayMilliseconds == 0
        else {
            throw OperationError("--key-retention \(keyRetention): whole days from 1d to 3660d")
        }
        guard Self.rebaseBounds.contains(rebaseAfter.seconds),
            rebaseAfter.milliseconds % 1_000 == 0
        else { throw OperationError("--rebase-after \(rebaseAfter): whole seconds from 0s to 30d") }
        try checkSmallAmounts()
    }

    private func checkSmallAmounts() throws(OperationError) {
        let amounts = try Self.byCurrency(smallAmounts, option: "--small-amount")
        let sums = try Self.byCurrency(hourlySums, option: "--small-hourly")
        guard onFailure == .postSmall else {
            guard amounts.isEmpty, sums.isEmpty else {
                throw OperationError(
                    "--small-amount and --small-hourly need --on-failure post-small; now all is held"
                )
            }
            return
        }
        guard !amounts.isEmpty else {
            throw OperationError(
                "--on-failure post-small needs what is small: give --small-amount USD=20.00 and "
                    + "--small-hourly USD=60.00, for each currency that is meant")
        }
        for amount in smallAmounts {
            guard let sum = sums[amount.money.currency.number] else {
                throw OperationError(
                    "--small-amount \(amount) needs --small-hourly \(amount.money.currency)=…: how much "
                        + "of one payer may go through in an hour")
            }
            guard sum >= amount.money.minor else {
                throw OperationError(
                    "--small-hourly for \(amount.money.currency) is less than --small-amount \(amount): "
                        + "not one such payment could go through")
            }
        }
        for sum in hourlySums where amounts[sum.money.currency.number] == nil {
            throw OperationError(
                "--small-hourly \(sum) needs --small-amount \(sum.money.currency)=…")
        }
    }

    private static func byCurrency(_ list: [CurrencyAmount], option: String)
        throws(OperationError) -> [UInt16: Int64]
    {
        var found: [UInt16: Int64] = [:]
        for item in list {
            guard found.updateValue(item.money.minor, forKey: item.money.currency.number) == nil
            else { throw OperationError("\(option) \(item): \(item.money.currency) stands twice") }
        }
        return found
    }

    /// The ledger's policy that these settings make.
    public func ledgerPolicy() throws(OperationError) -> LedgerPolicy {
        try check()
        var policy = LedgerPolicy(
            authorizationSeconds: authorizationExpiry.seconds, holdSeconds: holdExpiry.seconds,
            challengeSeconds: challengeExpiry.seconds, undecidedLimit: undecidedLimit)
        if onFailure == .postSmall {
            policy.onFailure = .postSmall(
                maximum: try Self.byCurrency(smallAmounts, option: "--small-amount"),
                hourlySum: try Self.byCurrency(hourlySums, option: "--small-hourly"))
        }
        return policy
    }

    /// The options that make these settings.
    public var arguments: [String] {
        var arguments = [
            "--decide-within", "\(decideWithin)", "--on-failure", onFailure.rawValue,
            "--undecided-limit", "\(undecidedLimit)",
            "--authorization-expiry", "\(authorizationExpiry)", "--hold-expiry", "\(holdExpiry)",
            "--challenge-expiry", "\(challengeExpiry)", "--key-retention", "\(keyRetention)",
            "--rebase-after", "\(rebaseAfter)",
        ]
        for amount in smallAmounts { arguments += ["--small-amount", "\(amount)"] }
        for sum in hourlySums { arguments += ["--small-hourly", "\(sum)"] }
        return arguments
    }
}

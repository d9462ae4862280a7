import ArgumentParser
import Operations

extension TimeSpan: ExpressibleByArgument {
    /// The length of time that an option's value stands for; nil if it stands for none.
    public init?(argument: String) { self.init(argument) }
}

extension PolicySettings.OnFailure: ExpressibleByArgument {}

/// The fail policy, and how long states last and keys are known.
struct PolicyOptions: ParsableArguments {
    private static let standard = PolicySettings()

    @Option(help: "How long the engine has to decide: 10ms to 60s.")
    var decideWithin = standard.decideWithin
    @Option(
        help: """
            What happens to a payment that the engine does not decide in time: hold, or post-small, which lets \
            small amounts through and holds the rest.
            """)
    var onFailure = standard.onFailure
    @Option(
        help: ArgumentHelp(
            "With post-small: largest amount that goes through. Once for each currency.",
            valueName: "currency=amount"),
        transform: { try CurrencyAmount($0) })
    var smallAmount: [CurrencyAmount] = []
    @Option(
        help: ArgumentHelp(
            "With post-small: most that goes through of one payer in an hour.",
            valueName: "currency=amount"),
        transform: { try CurrencyAmount($0) })
    var smallHourly: [CurrencyAmount] = []
    @Option(help: "With so many undecided payments, further ones are not waited for.")
    var undecidedLimit = standard.undecidedLimit
    @Option(help: "An authorization gives back what was not captured after this long.")
    var authorizationExpiry = standard.authorizationExpiry
    @Option(help: "A held payment is voided after this long.")
    var holdExpiry = standard.holdExpiry
    @Option(help: "A challenge fails after this long.")
    var challengeExpiry = standard.challengeExpiry
    @Option(
        help: ArgumentHelp(
            "How long a repeated request is known by its Idempotency-Key, in whole days.",
            discussion: "After that the same key stands for a new request."))
    var keyRetention = standard.keyRetention
    @Option(
        help: ArgumentHelp(
            "When somebody was erased, the engine replays the log without them after this long at most.",
            discussion: "The fail policy decides while it does. Several erasures share one replay.")
    )
    var rebaseAfter = standard.rebaseAfter

    var settings: PolicySettings {
        var settings = PolicySettings()
        settings.decideWithin = decideWithin
        settings.onFailure = onFailure
        settings.smallAmounts = smallAmount
        settings.hourlySums = smallHourly
        settings.undecidedLimit = undecidedLimit
        settings.authorizationExpiry = authorizationExpiry
        settings.holdExpiry = holdExpiry
        settings.challengeExpiry = challengeExpiry
        settings.keyRetention = keyRetention
        settings.rebaseAfter = rebaseAfter
        return settings
    }

    func validate() throws {
        do { try settings.check() } catch { throw ValidationError("\(error)") }
    }
}

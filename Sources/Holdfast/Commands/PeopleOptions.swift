import ArgumentParser
import Identity
import Operations

/// Where people sign in.
struct PeopleOptions: ParsableArguments {
    @Option(
        help: """
            The service's address, as clients know it, such as https://wallet.example; that at which it listens unless \
            given. Tokens and cookies name it.
            """)
    var issuer: String?
    @Option(
        help: ArgumentHelp(
            "Where the application that comes with the service is answered; may be given again.",
            valueName: "uri"))
    var appRedirectUri: [String] = []

    @Option(
        help: ArgumentHelp(
            "Of what is held or challenged, the most that one alone may let through, such as USD=1000; may be given for each currency.",
            valueName: "amount"))
    var fourEyesAbove: [String] = []

    func check() throws {
        _ = try fourEyes()
        if let issuer {
            let rest = issuer.dropFirst(issuer.hasPrefix("https://") ? 8 : 7)
            guard issuer.hasPrefix("https://") || issuer.hasPrefix("http://"), !rest.isEmpty,
                !rest.contains(where: { "/?#@".contains($0) || $0.isWhitespace })
            else {
                throw ValidationError(
                    "--issuer \(issuer): must be https://HOST or http://HOST:PORT, without a path")
            }
        }
        _ = try redirectURIs()
    }

    /// The same, for a wallet of its own process.
    var arguments: [String] {
        (issuer.map { ["--issuer", $0] } ?? [])
            + appRedirectUri.flatMap { ["--app-redirect-uri", $0] }
            + fourEyesAbove.flatMap { ["--four-eyes-above", $0] }
    }

    /// By number of currency, in minor units.
    func fourEyes() throws -> [UInt16: Int64] {
        var limits: [UInt16: Int64] = [:]
        for text in fourEyesAbove {
            let money = try CurrencyAmount(text).money
            limits[money.currency.number] = money.minor
        }
        return limits
    }

    func redirectURIs() throws -> [RedirectURI] {
        try appRedirectUri.map { text in
            guard let uri = RedirectURI(text) else {
                throw ValidationError(
                    "--app-redirect-uri \(text): must be https, http to a loopback address, or a scheme of the "
                        + "application's own with a dot in it, without fragment")
            }
            return uri
        }
    }
}

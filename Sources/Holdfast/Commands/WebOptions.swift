import ArgumentParser
import Operations
import RateLimits
import WalletAPI

/// How often clients may ask, and from which pages.
struct WebOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            "How often each person may ask: a second, and at once; or none.",
            valueName: "per-second:burst"))
    var rateLimitPerson = "20:100"
    @Option(
        help: ArgumentHelp(
            "How often each of the operator's keys and each client may ask; none unless given.",
            valueName: "per-second:burst"))
    var rateLimitProgram = "none"
    @Option(
        help: ArgumentHelp(
            """
            How often each network address may ask that has not shown who it is; none unless given: behind a proxy all \
            have the proxy's, unless it is a trusted one.
            """, valueName: "per-second:burst"))
    var rateLimitAddress = "none"
    @Option(
        help: ArgumentHelp(
            "A web application of another origin that may ask, such as https://app.example; may be given again.",
            valueName: "origin"))
    var webOrigin: [String] = []
    @Option(
        help: ArgumentHelp(
            """
            A proxy in front of the service, or a range of them, such as 10.0.0.0/8, whose X-Forwarded-For is believed; \
            may be given again.
            """, valueName: "address"))
    var trustedProxy: [String] = []

    func check() throws { _ = try settings() }

    /// The same, for a wallet of its own process.
    var arguments: [String] {
        [
            "--rate-limit-person", rateLimitPerson, "--rate-limit-program", rateLimitProgram,
            "--rate-limit-address", rateLimitAddress,
        ] + webOrigin.flatMap { ["--web-origin", $0] }
            + trustedProxy.flatMap { ["--trusted-proxy", $0] }
    }

    /// - Parameter decideWithin: how long a payment may wait for its decision, in milliseconds; an answer may take longer.
    func settings(decideWithin: Int64 = 0) throws -> WebSettings {
        var settings = WebSettings()
        settings.allowances = CallerAllowances(
            program: try Self.allowance("program", rateLimitProgram),
            person: try Self.allowance("person", rateLimitPerson),
            address: try Self.allowance("address", rateLimitAddress))
        do throws(WebOriginError) {
            settings.origins = []
            for text in webOrigin { settings.origins.append(try WebOrigin(text)) }
        } catch { throw ValidationError("--web-origin \(error)") }
        do throws(AddressRangeError) {
            for text in trustedProxy { settings.trustedProxies.append(try AddressRange(text)) }
        } catch { throw ValidationError("--trusted-proxy \(error)") }
        settings.times.answer = max(settings.times.answer, .milliseconds(decideWithin + 10_000))
        return settings
    }

    private static func allowance(_ name: String, _ setting: String) throws -> Allowance? {
        if setting == "none" { return nil }
        do throws(AllowanceError) { return try Allowance(name, setting: setting) } catch {
            throw ValidationError("--rate-limit-\(name): \(error)")
        }
    }
}

import Testing
import WebAuthn

@testable import TestAuthenticator

@Suite struct RelyingPartyTests {
    @Test func `options for a new credential are written as clients read them`() throws {
        let user = try UserEntity(
            handle: TestParty.owner, name: "ana@example.org", displayName: "Ana \"A\" Ñ")
        let descriptor = CredentialDescriptor(id: try CredentialID([1, 2, 3]), transports: ["usb"])
        let options = TestParty.party.creationOptions(
            for: user, challenge: try Challenge([UInt8](repeating: 0xff, count: 16)),
            excluding: [descriptor], residentKey: .required, timeoutMilliseconds: 60_000)
        let text = #"""
            {"rp":{"id":"wallet.example","name":"Wallet"},"user":{"id":"YWNjb3VudCA3",
            "name":"ana@example.org","displayName":"Ana \"A\" Ñ"},
            "challenge":"_____________________w","pubKeyCredParams":[{"type":"public-key",
            "alg":-7},{"type":"public-key","alg":-8},{"type":"public-key","alg":-257}],
            "timeout":60000,"excludeCredentials":[{"type":"public-key","id":"AQID",
            "transports":["usb"]}],"authenticatorSelection":{"residentKey":"required",
            "requireResidentKey":true,"userVerification":"required"},"attestation":"none"}
            """#
        #expect(String(decoding: options.json, as: UTF8.self) == text.filter { $0 != "\n" })
    }

    @Test func `options for a signature are written as clients read them`() throws {
        let options = TestParty.party.requestOptions(
            challenge: try Challenge([UInt8](repeating: 0, count: 16)),
            allowing: [CredentialDescriptor(id: try CredentialID([0xfb]))],
            userVerification: .preferred)
        let text = #"""
            {"challenge":"AAAAAAAAAAAAAAAAAAAAAA","rpId":"wallet.example","allowCredentials":
            [{"type":"public-key","id":"-w"}],"userVerification":"preferred"}
            """#
        #expect(String(decoding: options.json, as: UTF8.self) == text.filter { $0 != "\n" })
    }

    @Test(arguments: [
        ("wallet.example", "https://wallet.example"),
        ("wallet.example", "https://a-b.c.wallet.example:65535"),
        ("localhost", "http://localhost:8080"), ("localhost", "http://localhost"),
        ("localhost", "http://app.localhost:3000"), ("localhost", "https://localhost:80"),
        ("xn--bcher-kva.example", "https://xn--bcher-kva.example"),
        ("wallet.example", "android:apk-key-hash:7d1043473d55bfa90e8530d35801d4e381bc69f0"),
    ]) func `an origin belongs to the domain or one below it`(id: String, origin: String) throws {
        let party = try RelyingParty(id: id, name: "Wallet", origins: [origin])
        #expect(party.origins == [origin])
    }

    private static func party(_ id: String, _ origins: [String], name: String = "W") -> Refusal {
        Refusal(.invalidRelyingParty, "\(id) \(origins) \(name)") {
            _ = try RelyingParty(id: id, name: name, origins: origins)
        }
    }

    static let refusals: [Refusal] =
        [
            "", "https://wallet.example", "Wallet.example", "wallet.example:443", "wallet..example",
            "-a.example", "a-.example", "127.0.0.1", "bücher.example", "wallet.example.", "a b",
            String(repeating: "a", count: 64) + ".example", "[::1]",
        ].map { party($0, ["https://\($0)"]) }
        + [
            "", "wallet.example", "http://wallet.example", "https://wallet.example/",
            "https://wallet.example:443", "https://wallet.example:0", "https://wallet.example:08",
            "https://wallet.example:65536", "https://wallet.example:", "https://wallet.example:1:2",
            "https://other.example", "https://notwallet.example", "https://Wallet.example",
            "https://user@wallet.example", "ftp://wallet.example", "android:apk-key-hash:", "null",
            "http://localhost:8080", "https://",
        ].map { party("wallet.example", [$0]) }
        + [
            party("wallet.example", []),
            party("wallet.example", ["https://wallet.example"], name: ""),
            party("localhost", ["http://localhost:80"]),
            Refusal(.invalidChallenge, "15 bytes") {
                _ = try Challenge([UInt8](repeating: 1, count: 15))
            },
            Refusal(.invalidChallenge, "65 bytes") {
                _ = try Challenge([UInt8](repeating: 1, count: 65))
            },
            Refusal(.invalidCredentialID, "no bytes") { _ = try CredentialID([]) },
            Refusal(.invalidUser, "a handle of no bytes") { _ = try UserHandle([]) },
            Refusal(.invalidUser, "a handle of 65 bytes") {
                _ = try UserHandle([UInt8](repeating: 1, count: 65))
            },
            Refusal(.invalidUser, "no name") {
                _ = try UserEntity(handle: TestParty.owner, name: "", displayName: "Ana")
            },
        ]

    @Test(arguments: refusals) func `what no relying party or user can have is refused`(
        _ refusal: Refusal
    ) {
        refusal.expect()
    }

    @Test func `an origin that only looks the same is another`() throws {
        // U+037E and U+003B are equal as Swift's strings.
        #expect("\u{37e}" == ";")
        let party = try RelyingParty(
            id: "wallet.example", name: "W", origins: ["android:apk-key-hash:a;b"])
        var authenticator = SoftwareAuthenticator()
        authenticator.origin = "android:apk-key-hash:a\u{37e}b"
        Refusal(.wrongOrigin, "U+037E") { [authenticator] in
            _ = try party.verify(
                registration: authenticator.register(), challenge: TestParty.challenge,
                requiresUserVerification: true)
        }.expect()
    }

    @Test func `what a client chose is quoted and cut short in a message`() throws {
        var authenticator = SoftwareAuthenticator()
        authenticator.origin = #"https://x\n\u001b"# + String(repeating: "y", count: 500)
        let error = #expect(throws: WebAuthnError.self) { try TestParty.register(authenticator) }
        let reason = try #require(error?.reason)
        #expect(reason.hasPrefix(#""https://x\n\u{1B}yyy"#) && reason.utf8.count < 160)
    }

    @Test func `every code has a case that is refused with it, and stable texts`() {
        let tables = [
            CBORTests.refusals, JSONTests.refusals, COSEKeyTests.refusals,
            AuthenticatorDataTests.refusals, ClientDataTests.refusals, RegistrationTests.refusals,
            AssertionTests.refusals, ResponseTests.refusals, refusalsOfTransfers, Self.refusals,
        ]
        #expect(Set(tables.joined().map(\.code)) == Set(WebAuthnError.Code.allCases))
        for code in WebAuthnError.Code.allCases {
            let isSnake = code.rawValue.utf8.allSatisfy {
                $0 == UInt8(ascii: "_") || (0x30...0x39).contains($0) || (0x61...0x7a).contains($0)
            }
            #expect(isSnake, "\(code.rawValue)")
        }
    }

    private var refusalsOfTransfers: [Refusal] { TransactionChallengeTests.refusals }
}

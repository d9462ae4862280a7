import Crypto
import Testing
import WebAuthn

@testable import TestAuthenticator

@Suite struct TransactionChallengeTests {
    private static let nonce = Array(UInt8(0)..<32)

    private static func terms(
        transferID: [UInt8] = Array(UInt8(0x10)...0x1f), payee: String = "Ana Ñ",
        amountMinor: Int64 = 12_345, currency: String = "EUR"
    ) throws -> TransferTerms {
        try TransferTerms(
            transferID: transferID, payee: payee, amountMinor: amountMinor, currency: currency)
    }

    @Test func `the challenge is the hash of its fields, each after its length`() throws {
        let challenge = try TransactionChallenge(nonce: Self.nonce, terms: Self.terms())
        func field(_ bytes: [UInt8]) -> [UInt8] {
            [0, 0, 0, 0, 0, 0, 0, UInt8(bytes.count)] + bytes
        }
        let encoding =
            field(Array("holdfast transaction challenge 1".utf8)) + field(Self.nonce)
            + field(Array(0x10...0x1f)) + field(Array("Ana Ñ".utf8))
            + field([0, 0, 0, 0, 0, 0, 0x30, 0x39]) + field(Array("EUR".utf8))
        #expect(challenge.challenge.bytes == Array(SHA256.hash(data: encoding)))
        #expect(challenge.binds(try Self.terms()))
    }

    @Test func `any other term makes another challenge`() throws {
        let challenge = try TransactionChallenge(nonce: Self.nonce, terms: Self.terms())
        let others = try [
            Self.terms(transferID: [UInt8](repeating: 0, count: 16)), Self.terms(payee: "Ana N"),
            Self.terms(payee: "Ana N\u{303}"), Self.terms(payee: "Ana Ñ "),
            Self.terms(amountMinor: 12_346), Self.terms(amountMinor: .max),
            Self.terms(amountMinor: 12_345 + 1 << 16), Self.terms(amountMinor: 12_345 + 1 << 56),
            Self.terms(currency: "USD"),
        ]
        for other in others {
            #expect(!challenge.binds(other))
            let made = try TransactionChallenge(nonce: Self.nonce, terms: other)
            #expect(!challenge.challenge.matches(made.challenge.bytes))
        }
        let again = try TransactionChallenge(
            nonce: Self.nonce.reversed(), terms: Self.terms())
        #expect(!challenge.challenge.matches(again.challenge.bytes))
    }

    @Test func `what was signed for one amount does not confirm another`() throws {
        let shown = try TransactionChallenge(nonce: Self.nonce, terms: Self.terms())
        let altered = try TransactionChallenge(
            nonce: Self.nonce, terms: Self.terms(amountMinor: 9_912_345))
        let authenticator = SoftwareAuthenticator(challenge: shown.challenge.bytes)
        func confirm(_ challenge: TransactionChallenge) throws {
            _ = try TestParty.party.verify(
                assertion: authenticator.assert(), challenge: challenge.challenge,
                credential: TestParty.stored(authenticator), expectedUserHandle: TestParty.owner,
                requiresUserVerification: true)
        }
        try confirm(shown)
        #expect(Refusal.code { try confirm(altered) } == .wrongChallenge)
    }

    static let refusals: [Refusal] = [
        Refusal(.invalidTransfer, "an id of 15 bytes") {
            _ = try terms(transferID: [UInt8](repeating: 1, count: 15))
        },
        Refusal(.invalidTransfer, "no payee") { _ = try terms(payee: "") },
        Refusal(.invalidTransfer, "a payee of 1025 bytes") {
            _ = try terms(payee: String(repeating: "x", count: 1_025))
        },
        Refusal(.invalidTransfer, "nothing to pay") { _ = try terms(amountMinor: 0) },
        Refusal(.invalidTransfer, "less than nothing") { _ = try terms(amountMinor: -1) },
        Refusal(.invalidTransfer, "no currency") { _ = try terms(currency: "") },
        Refusal(.invalidTransfer, "small letters") { _ = try terms(currency: "eur") },
        Refusal(.invalidTransfer, "a nonce of 31 bytes") {
            _ = try TransactionChallenge(nonce: Array(nonce.dropLast()), terms: terms())
        },
    ]

    @Test(arguments: refusals) func `terms that nobody can agree to are refused`(
        _ refusal: Refusal
    ) {
        refusal.expect()
    }
}

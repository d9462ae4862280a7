import Cryptography
import Testing

@testable import Identity

@Suite struct PasswordTests {
    private static let cheap = PasswordHash.Cost(memoryKiB: 64, passes: 1)

    @Test(arguments: [
        ("short pw", PasswordRule.Weakness.short(minimum: 10)),
        ("1234567890", .breached), ("QWERTYUIOP", .breached), ("basketball", .breached),
        ("aaaaaaaaaaaa", .repetitive), ("abababababab", .repetitive),
        ("ann-at-home-99", .personal), ("x example x 12", .personal),
        (String(repeating: "correct horse ", count: 20), .long(maximumBytes: 256)),
    ])
    func `a weak password is told why`(_ password: String, _ weakness: PasswordRule.Weakness) {
        let found = PasswordRule.weakness(
            of: password, personal: ["ann@example.org", "Home Sweet"])
        #expect(found == weakness)
    }

    @Test(arguments: ["correct horse battery", "пароль для кошелька", "🐴🔋📎🦊🐙🌍🌋🍕🎸🧲"])
    func `a long one of any characters is taken`(_ password: String) {
        #expect(PasswordRule.weakness(of: password, personal: ["bob@example.org"]) == nil)
    }

    @Test func `a hash is of its password alone, salted, and says what it cost`() {
        let hash = PasswordHash("correct horse", cost: Self.cheap)
        #expect(hash.encoded.hasPrefix("$argon2id$v=19$m=64,t=1,p=1$"))
        #expect(hash.matches("correct horse") && !hash.matches("correct horsf"))
        #expect(!hash.matches(""))
        #expect(PasswordHash("correct horse", cost: Self.cheap) != hash)
        #expect(!hash.differs(from: Self.cheap) && hash.differs(from: .usual))
        #expect(!PasswordHash(encoded: "$argon2id$nonsense").matches("correct horse"))
    }

    /// The test vector of RFC 9106 has secret and data, which passwords have not; this one was made by the reference
    /// implementation's command line: `echo -n "password" | argon2 somesalt -id -t 2 -k 65536 -p 1`.
    @Test func `a hash of the reference implementation is understood`() {
        let hash = PasswordHash(
            encoded:
                "$argon2id$v=19$m=65536,t=2,p=1$c29tZXNhbHQ$CTFhFdXPJO1aFaMaO6Mm5c8y7cJHAph8ArZWb2GRPPc"
        )
        #expect(hash.matches("password"))
    }
}

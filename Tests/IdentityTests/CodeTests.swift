import Cryptography
import EventLog
import Testing

@testable import Identity

@Suite struct CodeTests {
    private static let secret = Array("12345678901234567890".utf8)

    /// RFC 6238, appendix B, the rows of SHA-1.
    @Test(arguments: [
        (59, "94287082"), (1_111_111_109, "07081804"), (1_111_111_111, "14050471"),
        (1_234_567_890, "89005924"), (2_000_000_000, "69279037"), (20_000_000_000, "65353130"),
    ])
    func `codes are those of RFC 6238`(_ seconds: Int64, _ expected: String) {
        let codes = TimeBasedCodes(secret: Self.secret, digits: 8)
        #expect(codes.code(at: Timestamp(seconds * 1_000_000)) == expected)
    }

    @Test func `a code is taken within a step of its time, and once`() throws {
        let codes = TimeBasedCodes(secret: Self.secret)
        let now = Timestamp(1_700_000_015_000_000)
        let step = now.rawValue / 30_000_000
        let code = codes.code(at: now)
        #expect(code.utf8.count == 6)
        for late in [Int64(-30), 0, 30] {
            #expect(codes.step(of: code, at: now.adding(seconds: late), after: 0) == step)
        }
        for late in [Int64(-60), 60] {
            #expect(codes.step(of: code, at: now.adding(seconds: late), after: 0) == nil)
        }
        #expect(codes.step(of: code, at: now, after: step) == nil)
        #expect(codes.step(of: "000000", at: now, after: 0) == nil)
    }

    @Test func `what an application reads has the secret and who it is of`() {
        let codes = TimeBasedCodes(secret: Self.secret)
        #expect(
            codes.uri(issuer: "Holdfast", account: "ann lee")
                == "otpauth://totp/Holdfast:ann%20lee?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
                + "&issuer=Holdfast&algorithm=SHA1&digits=6&period=30")
    }

    /// RFC 4648, section 10, without padding.
    @Test(arguments: [
        ("", ""), ("f", "MY"), ("fo", "MZXQ"), ("foo", "MZXW6"), ("foob", "MZXW6YQ"),
        ("fooba", "MZXW6YTB"), ("foobar", "MZXW6YTBOI"),
    ])
    func `Base32 is that of RFC 4648`(_ plain: String, _ text: String) {
        #expect(Base32.encode(Array(plain.utf8)) == text)
        #expect(Base32.decode(text.lowercased()) == Array(plain.utf8))
    }

    @Test(arguments: [
        ("", ""), ("f", "Zg"), ("fo", "Zm8"), ("foo", "Zm9v"), ("foob", "Zm9vYg"),
        ("fooba", "Zm9vYmE"), ("foobar", "Zm9vYmFy"),
    ])
    func `Base64url is that of RFC 4648`(_ plain: String, _ text: String) {
        #expect(Base64URL.encode(Array(plain.utf8)) == text)
        #expect(Base64URL.decode(text) == Array(plain.utf8))
    }

    @Test(arguments: ["Zg==", "Zh", "Z", "Zm9vY", "Zm+v", "Zm9v\n", "Zm 9v"])
    func `Base64url with padding, other characters or loose bits is refused`(_ text: String) {
        #expect(Base64URL.decode(text) == nil)
    }

    @Test func `a recovery code is known however it is written`() throws {
        let code = RecoveryCode()
        let digest = try #require(RecoveryCode.digest(code.text))
        #expect(code.text.utf8.count == 19)
        #expect(RecoveryCode.digest(code.text.lowercased().filter { $0 != "-" }) == digest)
        #expect(RecoveryCode.digest(code.text.replacing("-", with: " ")) == digest)
        #expect(RecoveryCode.digest("1111-1111-1111-1111") == nil)
        #expect(RecoveryCode.digest(String(code.text.dropLast())) == nil)
    }

    /// RFC 7636, appendix B.
    @Test func `a proof key is met by its verifier alone`() throws {
        let key = try #require(
            ProofKey(challenge: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"))
        #expect(key.isMet(by: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk"))
        #expect(!key.isMet(by: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXl"))
        #expect(!key.isMet(by: "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM"))
        #expect(!key.isMet(by: ""))
        #expect(ProofKey(challenge: "short") == nil)
        #expect(ProofKey(challenge: String(repeating: "=", count: 43)) == nil)
    }
}

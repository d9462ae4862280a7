internal import Crypto
internal import Cryptography
public import EventLog
internal import Foundation

/// Time-based one-time passwords (RFC 6238): HMAC-SHA-1 over 30-second steps, six digits, as all authenticator
/// applications know them.
public struct TimeBasedCodes: Sendable {
    private static let stepMicroseconds: Int64 = 30_000_000

    /// 20 bytes, as RFC 4226 recommends.
    public let secret: [UInt8]
    private let digits: Int

    /// A new secret.
    public init() { self.init(secret: randomBytes(20)) }

    /// The codes of a secret that was kept.
    public init(secret: [UInt8]) { self.init(secret: secret, digits: 6) }

    init(secret: [UInt8], digits: Int) {
        self.secret = secret
        self.digits = digits
    }

    /// The step of a code that is right at `now`, or one step before or after, and later than `lastStep`: a code is
    /// taken once. nil if there is none.
    public func step(of code: String, at now: Timestamp, after lastStep: Int64) -> Int64? {
        let current = now.rawValue / Self.stepMicroseconds
        var found: Int64?
        for step in (current - 1)...(current + 1)
        where constantTimeEqual(Array(self.code(at: step).utf8), Array(code.utf8)) {
            if step > lastStep { found = step }
        }
        return found
    }

    /// The code at a moment.
    public func code(at now: Timestamp) -> String { code(at: now.rawValue / Self.stepMicroseconds) }

    /// The code of a step (RFC 4226, section 5.3).
    private func code(at step: Int64) -> String {
        var hash = HMAC<Insecure.SHA1>(key: SymmetricKey(data: secret))
        withUnsafeBytes(of: step.bigEndian) { hash.update(data: Array($0)) }
        let bytes = Array(hash.finalize())
        let offset = Int(bytes[19] & 15)
        var number: UInt32 = 0
        for place in 0..<4 { number = number << 8 | UInt32(bytes[offset + place]) }
        var text = ""
        var rest = number & 0x7fff_ffff
        for _ in 0..<digits {
            text = String(rest % 10) + text
            rest /= 10
        }
        return text
    }

    /// What an authenticator application reads from a QR code.
    ///
    /// - Parameter account: shown under the issuer's name; percent-encoded here.
    public func uri(issuer: String, account: String) -> String {
        let allowed = CharacterSet.alphanumerics.union(CharacterSet(charactersIn: "-._~"))
        func encoded(_ text: String) -> String {
            text.addingPercentEncoding(withAllowedCharacters: allowed) ?? ""
        }
        return
            "otpauth://totp/\(encoded(issuer)):\(encoded(account))?secret=\(Base32.encode(secret))"
            + "&issuer=\(encoded(issuer))&algorithm=SHA1&digits=\(digits)&period=30"
    }
}

internal import Cryptography

/// A code of six digits that is sent to somebody, to see whether it comes back.
public struct OneTimeCode: Sendable {
    /// Six digits.
    public let digits: String

    /// A code nobody can predict.
    public init() {
        var random = SystemRandomNumberGenerator()
        let number = String(Int.random(in: 0..<1_000_000, using: &random))
        digits = String(repeating: "0", count: 6 - number.count) + number
    }

    /// What is kept of a code: SHA-256 over a key of the verification's own and the digits. It only keeps codes from being
    /// read in passing; what protects them is that they are few tries away from being void, and soon.
    public static func digest(_ digits: String, of verification: VerificationID) -> [UInt8] {
        SHA256.hash(Array("\(verification) \(digits)".utf8)).bytes
    }
}

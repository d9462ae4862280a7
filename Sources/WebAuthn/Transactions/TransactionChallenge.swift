internal import Cryptography

/// A challenge that binds the signature over it to a payee and an amount: the dynamic linking that
/// the European Union asks of payments (Delegated Regulation (EU) 2018/389, article 5).
///
/// The challenge is the SHA-256 of six fields, each after its length as 8 bytes, most significant
/// first: a label of this use and version; the nonce; the transfer's id; the payee's UTF-8; the
/// amount as 8 bytes, most significant first; the currency's letters. The lengths keep two
/// different lists of fields from being the same bytes.
///
/// A service stores the nonce with the transfer. When the signature comes, it makes the challenge
/// again from the nonce and the terms that it is about to carry out, and verifies with that: if a
/// term has changed since the user saw it, the answer is `wrong_challenge`.
public struct TransactionChallenge: Sendable {
    /// How many random bytes a challenge is made of.
    public static let nonceBytes = 32

    /// The caller's random bytes, 32. They alone make the challenge unpredictable.
    public let nonce: [UInt8]
    /// What the signature will agree to.
    public let terms: TransferTerms
    /// What the authenticator signs, 32 bytes.
    public let challenge: Challenge

    private static let label = "holdfast transaction challenge 1"

    /// The challenge of a nonce and terms: always the same for the same.
    ///
    /// - Throws: `invalid_transfer` unless the nonce has 32 bytes.
    public init(nonce: [UInt8], terms: TransferTerms) throws(WebAuthnError) {
        guard nonce.count == Self.nonceBytes else {
            throw WebAuthnError(
                .invalidTransfer, "a nonce has \(Self.nonceBytes) bytes, not \(nonce.count)")
        }
        self.nonce = nonce
        self.terms = terms
        challenge = Challenge(digest: SHA256.hash(Self.encoding(nonce, terms)).bytes)
    }

    /// Whether the terms are those of the challenge: makes it again, and compares in constant time.
    public func binds(_ others: TransferTerms) -> Bool {
        challenge.matches(SHA256.hash(Self.encoding(nonce, others)).bytes)
    }

    private static func encoding(_ nonce: [UInt8], _ terms: TransferTerms) -> [UInt8] {
        let fields: [[UInt8]] = [
            Array(label.utf8), nonce, terms.transferID, Array(terms.payee.utf8),
            bigEndian(terms.amountMinor), Array(terms.currency.utf8),
        ]
        return fields.flatMap { bigEndian(Int64($0.count)) + $0 }
    }

    private static func bigEndian(_ value: Int64) -> [UInt8] {
        withUnsafeBytes(of: value.bigEndian) { Array($0) }
    }
}

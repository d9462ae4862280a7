internal import CArgon2

/// A password as it is kept: Argon2id (RFC 9106), salted, with its cost, in the PHC string format
/// `$argon2id$v=19$m=…,t=…,p=…$salt$hash`.
public struct PasswordHash: Sendable, Hashable {
    /// What one guess costs.
    public struct Cost: Sendable, Hashable {
        /// Memory, in KiB.
        public var memoryKiB: UInt32
        /// Passes over the memory.
        public var passes: UInt32

        /// A cost of one lane.
        public init(memoryKiB: UInt32, passes: UInt32) {
            self.memoryKiB = memoryKiB
            self.passes = passes
        }

        /// Above what OWASP's Password Storage Cheat Sheet asks at least (19 MiB, two passes): between 50 and 150 ms
        /// of one core on servers of the day.
        public static let usual = Cost(memoryKiB: 32 * 1_024, passes: 2)
    }

    /// The PHC string.
    public let encoded: String

    /// A hash that was kept; nothing is checked before a password is compared with it.
    public init(encoded: String) { self.encoded = encoded }

    /// Hashes a password with a new salt. Takes the time that `cost` says: not for threads that others wait for.
    public init(_ password: String, cost: Cost = .usual) {
        let bytes = Array(password.utf8)
        let salt = randomBytes(16)
        var text = [CChar](repeating: 0, count: 256)
        let status = argon2id_hash_encoded(
            cost.passes, cost.memoryKiB, 1, bytes, bytes.count, salt, salt.count, 32, &text,
            text.count)
        precondition(status == ARGON2_OK.rawValue, "Argon2id failed with status \(status)")
        encoded = String(
            decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }

    /// Whether this is the hash of `password`. Takes as long as the hash itself.
    public func matches(_ password: String) -> Bool {
        let bytes = Array(password.utf8)
        return argon2id_verify(encoded, bytes, bytes.count) == ARGON2_OK.rawValue
    }

    /// Whether it was made at another cost than `cost`, so that it should be made anew when the password is next known.
    public func differs(from cost: Cost) -> Bool {
        !encoded.hasPrefix("$argon2id$v=19$m=\(cost.memoryKiB),t=\(cost.passes),p=1$")
    }
}

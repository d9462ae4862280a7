internal import Synchronization

/// Keeps everybody of a kind within one allowance each, in fixed memory: 16 bytes a slot.
///
/// Keys are told apart by 64 bits of a hash with a secret seed: among as many keys as there are slots, two share an
/// allowance with a probability of less than one in a billion, and nobody can make keys that do.
public final class RateLimiter: Sendable {
    /// What each key may do.
    public let allowance: Allowance
    /// The field `RateLimit-Policy` for it.
    public let policyField: String

    private let rate: CellRate
    private let table: Mutex<LimitTable>
    /// The field `RateLimit` for the usual numbers, which the next second changes.
    private let fields: [String]

    /// - Parameter capacity: how many keys are remembered at once; rounded up to a power of two.
    public init(_ allowance: Allowance, capacity: Int = 65_536) {
        self.allowance = allowance
        rate = CellRate(allowance)
        table = Mutex(LimitTable(capacity: capacity))
        policyField = allowance.policyField
        fields = (0...min(allowance.burst, 4_096)).map {
            allowance.field(remaining: $0, seconds: 1)
        }
    }

    /// Counts a request, and says whether it is within the allowance. One that is not does not count.
    ///
    /// - Parameters:
    ///   - key: whose it is.
    ///   - nanoseconds: the present moment, by a clock that does not go back.
    /// - Complexity: O(1).
    public func count(_ key: some Hashable, at nanoseconds: Int64) -> Standing {
        // Hasher's seed is another in each process.
        let hash = UInt64(truncatingIfNeeded: key.hashValue)
        return table.withLock { $0.judge(hash, at: nanoseconds, rate) }
    }

    /// The field `RateLimit` for how somebody stands. Allocates nothing for the usual numbers.
    public func field(_ standing: Standing) -> String {
        let seconds = standing.nextSeconds
        if seconds == 1, standing.remaining < fields.count { return fields[standing.remaining] }
        return allowance.field(remaining: standing.remaining, seconds: seconds)
    }
}

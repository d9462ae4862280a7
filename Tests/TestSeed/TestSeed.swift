import Foundation

/// What chance does in a test.
public enum TestSeed {
    /// As `HOLDFAST_SEED` says, else another each time. Printed, so that a run can be repeated.
    public static func choose(_ test: String) -> UInt64 {
        guard let text = ProcessInfo.processInfo.environment["HOLDFAST_SEED"] else {
            let seed = UInt64.random(in: 0...UInt64.max)
            print("\(test): HOLDFAST_SEED=\(seed)")
            return seed
        }
        guard let seed = UInt64(text) else {
            fatalError("HOLDFAST_SEED is a whole number of at most 64 bits, not \(text)")
        }
        print("\(test): HOLDFAST_SEED=\(seed), as given")
        return seed
    }
}

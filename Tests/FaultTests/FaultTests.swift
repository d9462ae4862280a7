import Foundation
import Testing

/// Faults of whole processes. One test at a time: each has a home, a cluster and a load of its own.
@Suite(.serialized) struct FaultTests {
    private static let environment = ProcessInfo.processInfo.environment

    /// Whether the long form was asked for.
    static let isSoak = environment["HOLDFAST_SOAK"] != nil

    /// What chance does in a test: as `HOLDFAST_SEED` says, else another each time. Printed, so that a run can be
    /// repeated.
    static func seed(_ test: String) throws -> UInt64 {
        guard let text = environment["HOLDFAST_SEED"] else {
            let seed = UInt64.random(in: 0...UInt64.max)
            print("\(test): HOLDFAST_SEED=\(seed)")
            return seed
        }
        let seed = try #require(
            UInt64(text), "HOLDFAST_SEED is a whole number of at most 64 bits, not \(text)")
        print("\(test): HOLDFAST_SEED=\(seed), as given")
        return seed
    }
}

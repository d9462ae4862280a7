import Foundation
import Testing

/// Faults of whole processes. One test at a time: each has a home, a cluster and a load of its own.
@Suite(.serialized) struct FaultTests {
    /// Whether the long form was asked for.
    static let isSoak = ProcessInfo.processInfo.environment["HOLDFAST_SOAK"] != nil
}

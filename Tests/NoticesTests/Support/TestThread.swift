import Foundation

/// Runs what blocks on a thread of its own.
struct TestThread: Sendable {
    private let body: @Sendable () throws -> Void

    init(_ body: @escaping @Sendable () throws -> Void) { self.body = body }

    func start(_ end: @escaping @Sendable (Result<Void, any Error>) -> Void) {
        Thread.detachNewThread { end(Result { try body() }) }
    }

    /// Makes a transaction take its time.
    static func pause(milliseconds: Int) {
        Thread.sleep(forTimeInterval: Double(milliseconds) / 1_000)
    }
}

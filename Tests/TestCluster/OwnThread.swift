import Foundation

/// Where tests do what blocks or takes long: on the few threads that all tests share, one for each core, it would
/// stop every other test that waits for anything at all.
public enum OwnThread {
    /// Runs `body` on a new thread, and waits for it without keeping a thread.
    public static func run<Result: Sendable>(
        _ body: @escaping @Sendable () throws -> Result
    ) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let thread = Thread { continuation.resume(with: .init { try body() }) }
            thread.stackSize = 8 << 20
            thread.start()
        }
    }
}

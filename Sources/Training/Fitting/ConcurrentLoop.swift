internal import Dispatch
internal import Glibc

/// Work that is shared out among threads by its number alone, so that what comes of it does not
/// depend on how many there are.
enum ConcurrentLoop {
    /// Threads at most, so that tests can see that their number does not matter.
    @TaskLocal static var limit: Int?

    /// Processors that this process may use.
    static var processors: Int { limit ?? max(1, sysconf(Int32(_SC_NPROCESSORS_ONLN))) }

    /// Calls `body` once for each of `workers`, side by side, and returns when all are done. What
    /// they write must be apart.
    static func run(workers: Int, _ body: (Int) -> Void) {
        if workers == 1 { return body(0) }
        withoutActuallyEscaping(body) { body in
            // Every worker writes to places of its own, and all have ended when this returns.
            nonisolated(unsafe) let work = body
            DispatchQueue.concurrentPerform(iterations: workers) { work($0) }
        }
    }
}

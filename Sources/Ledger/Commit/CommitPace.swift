internal import Foundation

/// Keeps commits apart while many commands come, so that each commit carries more of them.
struct CommitPace {
    /// This many commands that wait are worth a commit at once.
    static let enough = 64
    /// So long it is worth waiting for ``enough`` commands while the database writes: less than it takes to write as many.
    static let aheadMicros = 1_000
    /// Fewer commands than this in the last commit: nobody gains by waiting.
    private static let few = 4

    private let interval: Duration
    private var begun = ContinuousClock.now
    private var lastCount = 0

    init(intervalMicros: Int64) { interval = .microseconds(intervalMicros) }

    /// A commit of `count` commands begins.
    mutating func begin(count: Int) {
        begun = ContinuousClock.now
        lastCount = count
    }

    /// Sleeps until the next commit may begin, if that is worth it.
    func wait(queued: Int) {
        guard lastCount >= Self.few, queued < Self.enough else { return }
        let rest = begun + interval - ContinuousClock.now
        guard rest > .zero else { return }
        let (seconds, attoseconds) = rest.components
        Thread.sleep(forTimeInterval: Double(seconds) + Double(attoseconds) * 1e-18)
    }
}

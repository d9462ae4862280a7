internal import Foundation
internal import Synchronization

/// A ``ProgressBar`` that any thread may show.
public final class SharedProgressBar: Sendable {
    private let bar = Mutex(ProgressBar())

    /// A bar that is not shown yet.
    public init() {}

    /// `done` of the `total` parts of `stage` are done.
    public func show(_ stage: String, _ done: Int64, of total: Int64) {
        bar.withLock { $0.show(stage, total > 0 ? Double(done) / Double(total) : 0) }
    }
    /// Ends the bar's line.
    public func finish() { bar.withLock { $0.finish() } }
}

/// A bar on standard error for long work, if that is a terminal.
public struct ProgressBar {
    private let isTerminal = isatty(2) == 1
    private var shownAt = ContinuousClock.now - .seconds(1)
    private var stage = ""
    private let writesStages: Bool
    private static let width = 40

    /// A bar that is not shown yet.
    ///
    /// - Parameter writesStages: whether each new stage is a plain line where there is no terminal.
    public init(writesStages: Bool = false) { self.writesStages = writesStages }

    /// `fraction` of `stage` is done.
    public mutating func show(_ stage: String, _ fraction: Double) {
        let isNew = stage != self.stage
        guard isTerminal else {
            if writesStages && isNew { write(stage + "\n") }
            self.stage = stage
            return
        }
        guard isNew || fraction >= 1 || ContinuousClock.now - shownAt > .milliseconds(100) else {
            return
        }
        if isNew, !self.stage.isEmpty { write("\n") }
        self.stage = stage
        shownAt = .now
        let full = Int((min(max(fraction, 0), 1) * Double(Self.width)).rounded())
        let bar =
            String(repeating: "█", count: full) + String(repeating: "░", count: Self.width - full)
        write("\r\(stage.padded(to: 24)) \(bar) \(Int(fraction * 100)) %")
    }

    /// Ends the bar's line. A stage that is shown afterwards begins a new one.
    public mutating func finish() {
        if isTerminal, !stage.isEmpty { write("\n") }
        stage = ""
    }

    private func write(_ text: String) { StandardStream.error.write(text) }
}

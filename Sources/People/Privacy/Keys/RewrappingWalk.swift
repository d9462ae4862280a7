/// What is known while keys are wrapped anew, pass after pass over all of them: a pass that finds nothing left that could
/// be done is the last.
struct RewrappingWalk: Sendable {
    /// What became of a page.
    struct Page: Sendable {
        let column: String
        let last: String
        var rewrapped: Int64 = 0
        /// Rows that somebody held, or changed meanwhile.
        var left: Int64 = 0
        var unopened: [(id: String, reason: String)] = []

        init(column: String, last: String) {
            self.column = column
            self.last = last
        }
    }
    /// Passes in which nothing can be done before it is given up: somebody holds rows for long.
    static let idlePasses = 50
    private static let findings = 20

    private(set) var report = Rewrapping()
    private let total: Int64
    private var passRewrapped: Int64 = 0
    private var passLeft: Int64 = 0

    init(total: Int64) { self.total = total }

    var progress: KeyProgress {
        KeyProgress(done: report.rewrapped + report.unopenedCount, total: total)
    }

    /// Whether the pass found nothing but keys that do not unwrap.
    var isPassClean: Bool { passRewrapped == 0 && passLeft == 0 }

    /// Keys that do not unwrap are found by each pass anew.
    mutating func beginPass() {
        (passRewrapped, passLeft) = (0, 0)
        (report.unopened, report.unopenedCount) = ([], 0)
    }

    mutating func add(_ page: Page) {
        passRewrapped += page.rewrapped
        passLeft += page.left
        report.rewrapped += page.rewrapped
        report.unopenedCount += Int64(page.unopened.count)
        for (id, reason) in page.unopened.prefix(Self.findings - report.unopened.count) {
            report.unopened.append(
                UnopenedData(column: page.column, row: id, reason: reason))
        }
    }
}

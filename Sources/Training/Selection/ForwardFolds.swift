/// Rows that are fitted and later ones that judge the fit: forward in time, with a gap as long as
/// labels take, and with no label that was not known yet when judging begins.
public struct ForwardFold: Sendable, Equatable {
    /// Rows that are fitted.
    public var fitted: [Int]
    /// Rows that judge, all later than those.
    public var heldOut: [Int]
    /// Seconds from the end of the one part of time to the beginning of the other.
    public var gapSeconds: Double
}

/// Chooses the folds of a range.
enum ForwardFolds {
    /// Held-out windows.
    private static let windows = 3
    private static let leastFrauds = 5
    private static let second = 1e6

    /// - Parameters:
    ///   - range: the rows that the model will be fitted to; rows before are warm-up.
    ///   - gapSeconds: how long labels take.
    static func make(
        _ rows: FeatureRows, range: Range<Int>, gapSeconds: Double
    ) throws(TrainingError) -> [ForwardFold] {
        let from = Double(rows.times[range.lowerBound])
        let until = Double(rows.times[range.upperBound - 1]) + 1
        let length = until - from
        let gap = gapSeconds * second
        // Long enough for itself: what is fitted grows, window after window.
        if length >= 3 * gap {
            let folds = inside(rows, from: from, until: until, gap: gap)
            if !folds.isEmpty { return folds }
        }
        // Windows of the same length from the warm-up; the last one is judged by the range itself.
        var folds: [ForwardFold] = []
        for window in (0..<windows).reversed() {
            let start = from - Double(window) * length
            let fold = fold(
                rows, fitted: (start - gap - length)..<(start - gap),
                heldOut: start..<(start + length))
            if let fold, Double(fold.fitted.count) > 0.3 * Double(range.count) {
                folds.append(fold)
            }
        }
        if !folds.isEmpty { return folds }
        // Too short for the gap, and nothing before: a shorter one has to do.
        folds = inside(
            rows, from: from, until: until, gap: min(gap, length / 8), hasWholeGap: false)
        if folds.isEmpty {
            folds = inside(rows, from: from, until: until, gap: 0, hasWholeGap: false)
        }
        guard folds.isEmpty else { return folds }
        let frauds = rows.frauds(in: range)
        guard frauds > 0, frauds < range.count else {
            throw .oneClass("the fitted range", isFraud: frauds > 0)
        }
        throw .oneClass("what may be held out of the fitted range", isFraud: false)
    }

    private static func inside(
        _ rows: FeatureRows, from: Double, until: Double, gap: Double, hasWholeGap: Bool = true
    ) -> [ForwardFold] {
        let width = (until - from - gap) / Double(2 * windows)
        return (0..<windows).compactMap { window in
            let start = until - Double(windows - window) * width
            return fold(
                rows, fitted: from..<(start - gap), heldOut: start..<(start + width),
                hasWholeGap: hasWholeGap)
        }
    }

    /// Nil if either part lacks frauds or honest rows.
    private static func fold(
        _ rows: FeatureRows, fitted: Range<Double>, heldOut: Range<Double>,
        hasWholeGap: Bool = true
    ) -> ForwardFold? {
        // With a shorter gap hardly any honest row's label would be known, but most frauds' are.
        let fittedRows = indices(rows, fitted).filter {
            rows.isLabelled[$0]
                && (!hasWholeGap || Double(rows.labelTimes[$0]) <= heldOut.lowerBound)
        }
        let heldRows = indices(rows, heldOut).filter { rows.isLabelled[$0] }
        for part in [fittedRows, heldRows] {
            let frauds = rows.frauds(in: part)
            guard frauds >= leastFrauds, part.count - frauds >= leastFrauds else { return nil }
        }
        return ForwardFold(
            fitted: fittedRows, heldOut: heldRows,
            gapSeconds: (heldOut.lowerBound - fitted.upperBound) / second)
    }

    private static func indices(_ rows: FeatureRows, _ time: Range<Double>) -> [Int] {
        let first = firstRow(rows, notBefore: time.lowerBound)
        return Array(first..<max(first, firstRow(rows, notBefore: time.upperBound)))
    }

    private static func firstRow(_ rows: FeatureRows, notBefore time: Double) -> Int {
        var (low, high) = (0, rows.count)
        while low < high {
            let middle = (low + high) / 2
            if Double(rows.times[middle]) < time { low = middle + 1 } else { high = middle }
        }
        return low
    }
}

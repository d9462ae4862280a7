/// Calibrated scores of rows that were not fitted, with what there is to judge them by.
public struct HeldOutScores: Sendable, Equatable {
    /// Calibrated probability of fraud of each row.
    public var scores: [Double] = []
    /// Whether each row is fraud.
    public var isFraud: [Bool] = []
    /// Figures by segment.
    public var segments: [TrainingReport.Segment] = []

    /// None.
    init() {}

    init(rows: FeatureRows, heldOut: [Int], scores: [Double]) {
        self.scores = scores
        isFraud = heldOut.map { rows.isFraud[$0] }
        segments = Self.segments(rows, heldOut, scores)
    }

    /// Bands of the amount by its quartiles, hours of the day by quarters, new payees and known
    /// ones: as far as the inputs tell.
    private static func segments(
        _ rows: FeatureRows, _ heldOut: [Int], _ scores: [Double]
    ) -> [TrainingReport.Segment] {
        var segments: [TrainingReport.Segment] = []
        func add(_ name: String, _ places: [Int]) {
            let isFraud = places.map { rows.isFraud[heldOut[$0]] }
            let frauds = isFraud.reduce(0) { $0 + ($1 ? 1 : 0) }
            guard frauds > 0, frauds < places.count else { return }
            let part = places.map { scores[$0] }
            segments.append(
                TrainingReport.Segment(
                    name: name, rows: places.count, frauds: frauds,
                    averagePrecision: RankMetrics.averagePrecision(scores: part, isFraud: isFraud),
                    areaUnderCurve: RankMetrics.areaUnderCurve(scores: part, isFraud: isFraud)))
        }
        func column(_ names: [String]) -> Int? {
            rows.names.firstIndex { names.contains($0.lowercased()) }
        }
        if let amount = column(["amount.log", "amount", "tx_amount"]) {
            let values = heldOut.map { rows[$0, amount] }
            let sorted = values.filter { !$0.isNaN }.sorted()
            if let last = sorted.last {
                let bounds = [1, 2, 3].map { sorted[sorted.count * $0 / 4] }
                for band in 0..<4 {
                    let low = band == 0 ? -.infinity : bounds[band - 1]
                    let high = band == 3 ? last.nextUp : bounds[band]
                    add(
                        "amount, quarter \(band + 1) of 4",
                        values.indices.filter { values[$0] >= low && values[$0] < high })
                }
            }
        }
        let hours = heldOut.map { Int(rows.times[$0] / 3_600_000_000) % 24 }
        // A table without times numbers its rows.
        if let last = rows.times.last, last > 1_000_000_000_000 {
            for quarter in 0..<4 {
                add(
                    "hours \(quarter * 6)–\(quarter * 6 + 6) UTC",
                    hours.indices.filter { hours[$0] / 6 == quarter })
            }
        }
        if let first = column(["payee.first"]) {
            add("payee paid before", heldOut.indices.filter { rows[heldOut[$0], first] < 0.5 })
            add("payee not paid before", heldOut.indices.filter { rows[heldOut[$0], first] >= 0.5 })
        }
        return segments
    }
}

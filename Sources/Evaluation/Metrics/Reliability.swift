/// How far scores are probabilities: what was foreseen against what came to be.
public struct Reliability: Sendable, Equatable, Codable {
    /// Mean squared difference between score and outcome (Brier 1950).
    public var brierScore: Double
    /// Mean difference between foreseen and observed shares of fraud over bands of equally many rows, weighted by their
    /// rows (expected calibration error).
    public var calibrationError: Double
    /// From the lowest scores to the highest.
    public var bands: [Band]

    /// Rows whose scores stand next to each other.
    public struct Band: Sendable, Equatable, Codable {
        /// Number of rows.
        public var rows: Int
        /// Mean score.
        public var foreseen: Double
        /// Share of frauds.
        public var observed: Double
    }

    /// Bands that rows are put into.
    static let bandCount = 20

    init(_ rows: JudgedRows, _ order: RankOrder) {
        let count = Double(rows.count)
        brierScore =
            rows.scores.indices.reduce(0) { sum, row in
                let difference = rows.scores[row] - (rows.isFraud[row] ? 1 : 0)
                return sum + difference * difference
            } / count
        let rising = Array(order.falling.reversed())
        bands = []
        for band in 0..<Self.bandCount {
            let members = rising[
                band * rising.count / Self.bandCount..<(band + 1) * rising.count / Self.bandCount]
            guard !members.isEmpty else { continue }
            let size = Double(members.count)
            bands.append(
                Band(
                    rows: members.count,
                    foreseen: members.reduce(0) { $0 + rows.scores[$1] } / size,
                    observed: members.reduce(0) { $0 + (rows.isFraud[$1] ? 1 : 0) } / size))
        }
        calibrationError = bands.reduce(0) {
            $0 + Double($1.rows) / count * abs($1.foreseen - $1.observed)
        }
    }
}

public import EventLog
internal import Features
public import Tables

/// How well each feature of the catalogue alone ranks the frauds of a table above its other payments.
public struct FeatureRanking: Sendable, Equatable {
    /// One feature's figures.
    public struct Entry: Sendable, Equatable {
        /// The feature's name.
        public var name: String
        /// Area under the ROC curve of the value, or of its negative where that is larger; a missing value ranks below
        /// all others. A category ranks by its share of frauds among the rows before.
        public var area: Double
        /// Whether larger values are the riskier ones.
        public var isRiskierWhenLarge: Bool
        /// Share of the rows in which the value is missing.
        public var missingShare: Double
    }

    /// Every feature of the catalogue, the largest area first; equal ones by name.
    public let entries: [Entry]
    /// First moment of the rows that were ranked.
    public let from: Timestamp
    /// Rows that were ranked, and how many of them are labelled as fraud.
    public let rows: Int
    /// See ``rows``.
    public let frauds: Int

    /// Frauds of one code of a category among the rows before.
    private struct Rate {
        var frauds = 0.0
        var rows = 0.0
    }

    /// Replays a table and ranks its labelled rows from a moment on. All their inputs are in memory meanwhile.
    ///
    /// - Throws: ``TableError`` if the table cannot be read.
    public init(
        table path: String, from: Timestamp, progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TableError) {
        var reading = TableOptions()
        reading.range = TimeRange(from: from)
        var pass = try FeaturePass(path: path, options: reading)
        let features = FeatureCatalogue.all
        let categories = features.indices.filter { features[$0].isCategorical }
        var rates = [[Double: Rate]](repeating: [:], count: features.count)
        var inputs = [Double](repeating: 0, count: features.count)
        var columns = [[Double]](repeating: [], count: features.count)
        var isFraud: [Bool] = []
        while let batch = try pass.next() {
            for index in 0..<batch.count {
                let isInRange = inputs.withUnsafeMutableBufferPointer { buffer in
                    buffer.baseAddress.map { pass.inputs(of: batch, index, into: $0) } ?? false
                }
                guard let label = batch.rows[index].isFraud else { continue }
                guard isInRange else {
                    for category in categories where !inputs[category].isNaN {
                        rates[category][inputs[category], default: Rate()].rows += 1
                        if label { rates[category][inputs[category], default: Rate()].frauds += 1 }
                    }
                    continue
                }
                isFraud.append(label)
                for feature in features.indices { columns[feature].append(inputs[feature]) }
            }
            progress(TrainingProgress(stage: "features", fraction: pass.fractionRead))
            pass.reuse(batch)
        }
        for category in categories {
            columns[category] = columns[category].map { code in
                code.isNaN ? code : rates[category][code].map { $0.frauds / $0.rows } ?? 0
            }
        }
        self.from = from
        rows = isFraud.count
        frauds = isFraud.count { $0 }
        entries = features.indices.map { feature in
            progress(
                TrainingProgress(
                    stage: "ranking", fraction: Double(feature + 1) / Double(features.count)))
            return Self.entry(features[feature].name, columns[feature], isFraud)
        }.sorted { $0.area == $1.area ? $0.name < $1.name : $1.area < $0.area }
    }

    private static func entry(_ name: String, _ values: [Double], _ isFraud: [Bool]) -> Entry {
        let missing = values.count { $0.isNaN }
        let area = RankMetrics.areaUnderCurve(
            scores: values.map { $0.isNaN ? -.infinity : $0 }, isFraud: isFraud)
        return Entry(
            name: name, area: max(area, 1 - area), isRiskierWhenLarge: area >= 0.5,
            missingShare: Double(missing) / Double(max(1, values.count)))
    }
}

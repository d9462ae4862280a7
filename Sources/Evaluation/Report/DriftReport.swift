internal import EventLog
internal import LinearAlgebra
public import Scoring
public import Tables
public import Training

/// How far a table's payments have moved away from those that a model was fitted to.
public struct DriftReport: Sendable, Equatable, Codable {
    /// One input, or the score.
    public struct Item: Sendable, Equatable, Codable {
        /// Its name.
        public var name: String
        /// Population stability index.
        public var stabilityIndex: Double
        /// Share of missing values where the model was fitted, and now.
        public var missingBefore: Double
        /// Share of missing values now.
        public var missingNow: Double

        /// The usual reading of the index: below 0.1 stable, below 0.25 moved, else shifted.
        public var reading: String {
            stabilityIndex < 0.1 ? "stable" : stabilityIndex < 0.25 ? "moved" : "shifted"
        }
    }

    /// Rows that were looked at.
    public var rows: Int
    /// The score first, then the inputs, the least stable first.
    public var items: [Item]

    /// Scores all rows of the range, labelled or not, and holds them against the model's reference.
    ///
    /// - Throws: ``TrainingError`` if the reference is another model's, the table cannot be read, or no row is in the range.
    public init(
        _ table: String, _ model: RiskModel, _ reference: DriftReference, reading: TableOptions,
        isOfColumns: Bool, progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) {
        let names = model.featureNames
        guard reference.inputs.map(\.name) == names else {
            throw .model("the reference for drift is not this model's: its inputs have other names")
        }
        let inputs = try ModelInputs(model, reading, isOfColumns: isOfColumns)
        let scorer = ModelScores(model)
        var spreads = reference.inputs.map(\.emptied)
        var score = reference.score.emptied
        var rows = 0
        _ = try InputTiles.read(
            table, inputs, names: names, progress: progress, wants: { $1 },
            body: { waiting, matrix in
                let scores = scorer.scores(matrix, count: waiting.count)
                for place in waiting.indices {
                    score.add(scores[place])
                    let row = matrix.row(place)
                    for column in spreads.indices { spreads[column].add(row[column]) }
                }
                rows += waiting.count
            })
        guard rows > 0 else { throw .noRows("the range") }
        self.rows = rows
        items =
            [Self.item(score, reference.score)]
            + zip(spreads, reference.inputs).map(Self.item).sorted {
                $0.stabilityIndex == $1.stabilityIndex
                    ? $0.name < $1.name : $0.stabilityIndex > $1.stabilityIndex
            }
    }

    private static func item(
        _ now: DriftReference.Spread, _ before: DriftReference.Spread
    ) -> Item {
        func missing(_ spread: DriftReference.Spread) -> Double {
            let total = spread.counts.reduce(0, +)
            return total > 0 ? Double(spread.counts.last ?? 0) / Double(total) : 0
        }
        return Item(
            name: now.name, stabilityIndex: now.stabilityIndex(against: before),
            missingBefore: missing(before), missingNow: missing(now))
    }

    /// For people: a line for each.
    public var text: String {
        var table = TextTable("input", "PSI", "", "missing then", "missing now")
        for item in items {
            table.add(
                item.name, FigureText.fixed(item.stabilityIndex), item.reading,
                FigureText.percent(item.missingBefore), FigureText.percent(item.missingNow))
        }
        return "\(rows) rows\n\n" + table.text
    }
}

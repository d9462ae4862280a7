internal import EventLog
internal import LinearAlgebra
public import Scoring
public import Tables
public import Training

/// Reads a table, scores its rows as they would be scored live, and keeps those that can be judged: labelled, and in the
/// range that was asked for.
public struct JudgedTable: Sendable {
    /// The judged rows; for each model in the order in which the models were given, with equal labels.
    public private(set) var rows: [JudgedRows]
    /// Rows that were replayed, those before the range included.
    public private(set) var replayed = 0
    /// Rows in the range that have no label.
    public private(set) var unlabelled = 0
    /// Columns of the table that were not looked at.
    public private(set) var ignoredColumns: [String] = []
    /// Rows that cannot be read.
    public private(set) var skipped = SkippedRows()

    /// Reads `table` once for all models.
    ///
    /// - Throws: ``TrainingError`` if the table cannot be read, or the models have other inputs than it, or each other.
    public init(
        _ table: String, _ models: [RiskModel], reading: TableOptions, isOfColumns: Bool,
        progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) {
        precondition(!models.isEmpty, "a model is needed")
        let names = models[0].featureNames
        let inputs = try ModelInputs(models[0], reading, isOfColumns: isOfColumns)
        for model in models.dropFirst() {
            _ = try ModelInputs(model, reading, isOfColumns: isOfColumns)
            guard model.featureNames == names else {
                throw .model(
                    "the models were fitted to different inputs: they cannot be compared on one table"
                )
            }
        }
        var rows = models.map { _ in JudgedRows() }
        var unlabelled = 0
        let scorers = models.map(ModelScores.init)
        let tiles = try InputTiles.read(
            table, inputs, names: names, progress: progress,
            wants: { row, isInRange in
                if row.isFraud == true, row.payer != .none {
                    let known = TableReplay.labelKnown(
                        row, delaySeconds: inputs.reading.labelDelaySeconds)
                    for model in rows.indices {
                        rows[model].noteFraud(
                            payer: Self.number(row.payer), knownAt: known.rawValue)
                    }
                }
                if isInRange, row.isFraud == nil { unlabelled += 1 }
                return isInRange && row.isFraud != nil
            },
            body: { waiting, matrix in
                for (model, scorer) in scorers.enumerated() {
                    let scores = scorer.scores(matrix, count: waiting.count)
                    for (place, row) in waiting.enumerated() {
                        rows[model].append(row, score: scores[place])
                    }
                }
            })
        self.rows = rows
        self.unlabelled = unlabelled
        replayed = tiles.replayed
        skipped = tiles.skipped
        ignoredColumns = tiles.ignoredColumns
    }

    static func number(_ account: AccountID) -> UInt32 {
        UInt32(truncatingIfNeeded: account.rawValue)
    }
}

extension JudgedRows {
    fileprivate mutating func append(_ row: TableRow, score: Double) {
        let isFraud = row.isFraud == true
        guard row.payer != .none else {
            return append(score: score, isFraud: isFraud, time: row.occurredAt.rawValue)
        }
        append(
            score: score, isFraud: isFraud, time: row.occurredAt.rawValue,
            payer: JudgedTable.number(row.payer), payee: JudgedTable.number(row.payee),
            amount: row.amount, currency: row.currency)
    }
}

/// A model's scorer that closures can share; one thread.
final class ModelScores {
    private var scorer: Scorer
    private var buffer: [Double] = []

    init(_ model: RiskModel) { scorer = Scorer(model) }

    /// Scores of the first rows of a matrix.
    func scores(_ inputs: borrowing Matrix, count: Int) -> [Double] {
        while buffer.count < count { buffer.append(0) }
        buffer.withUnsafeMutableBufferPointer { buffer in
            guard let into = buffer.baseAddress else { return }
            scorer.score(rows: inputs.pointer, count: count, into: into)
        }
        return buffer
    }

    /// The parts of one row's score.
    func contributions(_ row: UnsafePointer<Double>) -> Explanation {
        scorer.contributions(row: row)
    }
}

public import Scoring
public import Tables

/// Scores the rows of a table with a fixed model and writes the scores as a table of their own, in the order of the rows:
/// streaming, in memory that does not grow with the rows, and whole or not at all.
public struct TableScores {
    /// What is written, and of which rows.
    public struct Options: Sendable, Equatable {
        /// How the table is read, and which of its rows are scored.
        public var reading = TableOptions()
        /// Whether the model's inputs are the table's own columns.
        public var isOfColumns = false
        /// Whether every input of the model is written beside the score.
        public var writesFeatures = false
        /// Whether the strongest contributions are written beside the score.
        public var writesReasons = false

        /// Scores alone, of all rows.
        public init() {}
    }

    /// What was done.
    public struct Summary: Sendable, Equatable {
        /// Rows that were read, those before the range included.
        public var read = 0
        /// Rows that were scored.
        public var scored = 0
        /// Rows that were left out because they could not be read.
        public var skipped = SkippedRows()
        /// Columns of the table that were not looked at.
        public var ignoredColumns: [String] = []
    }

    private let model: RiskModel
    private let options: Options

    /// - Throws: ``TrainingError`` if the model was fitted to other inputs than these options give.
    public init(_ model: RiskModel, options: Options = Options()) throws(TrainingError) {
        var options = options
        options.reading = try ModelInputs(
            model, options.reading, isOfColumns: options.isOfColumns
        ).reading
        self.model = model
        self.options = options
    }

    /// Reads `table` and writes `out`; a name that ends in `.gz` makes it a compressed one.
    public func write(
        _ table: String, to out: String, progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) -> Summary {
        let writing: ScoreThread
        do { writing = ScoreThread(try ScoreWriter(path: out, model, options)) } catch {
            throw .output(error)
        }
        let summary: Summary
        do {
            summary =
                options.isOfColumns
                ? try scoreColumns(table, writing, progress) : try replay(table, writing, progress)
        } catch {
            writing.abandon()
            throw .table(error)
        }
        do { try writing.commit() } catch { throw .output(error) }
        return summary
    }

    private func replay(
        _ table: String, _ writing: ScoreThread, _ progress: (TrainingProgress) -> Void
    ) throws(TableError) -> Summary {
        var summary = Summary()
        var pass = try FeaturePass(path: table, options: options.reading)
        while let batch = try pass.next() {
            let work = writing.room(for: batch, columns: pass.names.count) { pass.reuse($0) }
            for index in 0..<batch.count
            where pass.inputs(of: batch, index, into: work.inputs.row(work.given.count)) {
                work.given.append(index)
            }
            summary.scored += work.given.count
            guard writing.put(work) else { break }
            progress(
                TrainingProgress(
                    stage: "scoring", fraction: pass.fractionRead, done: pass.replayedRows))
        }
        summary.read = pass.replayedRows
        summary.skipped = try pass.skippedRows()
        summary.ignoredColumns = pass.ignoredColumns
        return summary
    }

    private func scoreColumns(
        _ table: String, _ writing: ScoreThread, _ progress: (TrainingProgress) -> Void
    ) throws(TableError) -> Summary {
        var summary = Summary()
        var reader = try ColumnReader(
            path: table, columns: model.featureNames, options: options.reading)
        let width = reader.names.count
        var spare: [RowBatch] = []
        while true {
            var batch = spare.popLast() ?? RowBatch()
            guard try reader.read(into: &batch) else { break }
            let work = writing.room(for: batch, columns: width) { spare.append($0) }
            for index in 0..<batch.count {
                let row = work.inputs.row(index)
                for column in 0..<width { row[column] = batch.extras[index * width + column] }
                work.given.append(index)
            }
            summary.scored += batch.count
            guard writing.put(work) else { break }
            progress(
                TrainingProgress(
                    stage: "scoring", fraction: reader.fractionRead, done: summary.scored))
        }
        summary.read = summary.scored
        summary.skipped = reader.skipped
        summary.ignoredColumns = reader.ignoredColumns
        return summary
    }
}

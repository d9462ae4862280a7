internal import LinearAlgebra
internal import Scoring
internal import Tables
internal import Training

/// Replays a table, or reads its columns, and gives a model's inputs of the rows that are wanted, some at a time.
struct InputTiles: Sendable {
    /// Rows that were replayed, those before the range included.
    private(set) var replayed = 0
    private(set) var ignoredColumns: [String] = []
    private(set) var skipped = SkippedRows()

    private static let rows = 1_024

    /// - Parameters:
    ///   - names: the model's inputs, in order.
    ///   - wants: whether a row is to be given; told whether it is in the range, and called for rows before it as well.
    ///   - body: is given the next wanted rows, in order, with their inputs in the first rows of the matrix.
    static func read(
        _ table: String, _ inputs: ModelInputs, names: [String],
        progress: (TrainingProgress) -> Void, wants: (TableRow, Bool) -> Bool,
        body: ([TableRow], borrowing Matrix) -> Void
    ) throws(TrainingError) -> InputTiles {
        var tiles = InputTiles()
        let matrix = Matrix(rows: rows, columns: names.count)
        do throws(TableError) {
            if inputs.isOfColumns {
                try tiles.readColumns(table, inputs.reading, names, matrix, progress, wants, body)
            } else {
                try tiles.replay(table, inputs.reading, matrix, progress, wants, body)
            }
        } catch { throw .table(error) }
        return tiles
    }

    private mutating func replay(
        _ table: String, _ reading: TableOptions, _ matrix: borrowing Matrix,
        _ progress: (TrainingProgress) -> Void, _ wants: (TableRow, Bool) -> Bool,
        _ body: ([TableRow], borrowing Matrix) -> Void
    ) throws(TableError) {
        var pass = try FeaturePass(path: table, options: reading)
        var waiting: [TableRow] = []
        while let batch = try pass.next() {
            for index in 0..<batch.count {
                let isInRange = pass.inputs(of: batch, index, into: matrix.row(waiting.count))
                guard wants(batch.rows[index], isInRange) else { continue }
                waiting.append(batch.rows[index])
                guard waiting.count == Self.rows else { continue }
                body(waiting, matrix)
                waiting.removeAll(keepingCapacity: true)
            }
            progress(
                TrainingProgress(
                    stage: "scoring", fraction: pass.fractionRead, done: pass.replayedRows))
            pass.reuse(batch)
        }
        if !waiting.isEmpty { body(waiting, matrix) }
        replayed = pass.replayedRows
        skipped = try pass.skippedRows()
        ignoredColumns = pass.ignoredColumns
    }

    private mutating func readColumns(
        _ table: String, _ reading: TableOptions, _ names: [String], _ matrix: borrowing Matrix,
        _ progress: (TrainingProgress) -> Void, _ wants: (TableRow, Bool) -> Bool,
        _ body: ([TableRow], borrowing Matrix) -> Void
    ) throws(TableError) {
        var reader = try ColumnReader(path: table, columns: names, options: reading)
        var waiting: [TableRow] = []
        var batch = RowBatch()
        while try reader.read(into: &batch) {
            for index in 0..<batch.count {
                replayed += 1
                guard wants(batch.rows[index], true) else { continue }
                let to = matrix.row(waiting.count)
                for column in names.indices {
                    to[column] = batch.extras[index * names.count + column]
                }
                waiting.append(batch.rows[index])
                guard waiting.count == Self.rows else { continue }
                body(waiting, matrix)
                waiting.removeAll(keepingCapacity: true)
            }
            progress(
                TrainingProgress(stage: "scoring", fraction: reader.fractionRead, done: replayed))
        }
        if !waiting.isEmpty { body(waiting, matrix) }
        skipped = reader.skipped
        ignoredColumns = reader.ignoredColumns
    }
}

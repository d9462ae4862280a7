internal import Cryptography
internal import EventLog
internal import Features
internal import Tables

/// The labelled rows of a table's range with the inputs of a model, and what has to be told of the table.
struct LabelledRows: Sendable {
    var rows: FeatureRows
    var hash: [UInt8] = []
    var ignoredColumns: [String] = []
    var skipped = SkippedRows()
    /// When the last of the labels became known; nil if the table tells no times.
    var labelsKnownUntil: Timestamp?

    /// By replaying every row.
    static func replaying(
        _ path: String, _ reading: TableOptions, hashes: Bool,
        progress: (TrainingProgress) -> Void
    ) throws(TrainingError) -> LabelledRows {
        do throws(TableError) {
            var pass = try FeaturePass(path: path, options: reading, hashes: hashes)
            var table = LabelledRows(rows: FeatureRows(names: pass.names))
            var inputs = [Double](repeating: 0, count: pass.names.count)
            while let batch = try pass.next() {
                for index in 0..<batch.count {
                    let isInRange = inputs.withUnsafeMutableBufferPointer { buffer in
                        buffer.baseAddress.map { pass.inputs(of: batch, index, into: $0) } ?? false
                    }
                    let row = batch.rows[index]
                    guard isInRange, let isFraud = row.isFraud else { continue }
                    table.rows.append(inputs, isFraud: isFraud, time: row.occurredAt.rawValue)
                    let known = TableReplay.labelKnown(row, delaySeconds: reading.labelDelaySeconds)
                    table.labelsKnownUntil = max(table.labelsKnownUntil ?? known, known)
                }
                progress(
                    TrainingProgress(
                        stage: "reading", fraction: pass.fractionRead, done: pass.replayedRows))
                pass.reuse(batch)
            }
            table.skipped = try pass.skippedRows()
            table.ignoredColumns = pass.ignoredColumns
            if hashes { table.hash = try pass.hash() }
            return table
        } catch { throw .table(error) }
    }

    /// As they stand. In a table without times, rows are as far apart as their numbers.
    static func columns(
        _ path: String, _ reading: TableOptions, progress: (TrainingProgress) -> Void
    ) throws(TrainingError) -> LabelledRows {
        do throws(TableError) {
            let (numbers, source) = try NumericTable.read(path: path, options: reading) {
                progress(TrainingProgress(stage: "reading", fraction: $0, done: $1))
            }
            guard !numbers.labels.isEmpty else {
                throw TableError(
                    path: path, line: 1, column: "label",
                    reason: "is needed to fit a model to, but missing")
            }
            var table = LabelledRows(
                rows: FeatureRows(names: numbers.names), hash: source.hash,
                ignoredColumns: source.ignoredColumns, skipped: source.skipped)
            for row in 0..<numbers.count {
                guard let isFraud = numbers.labels[row] else { continue }
                let time = numbers.times.isEmpty ? Int64(row) : numbers.times[row].rawValue
                numbers.withRow(row) { table.rows.append($0, isFraud: isFraud, time: time) }
            }
            return table
        } catch { throw .table(error) }
    }
}

/// Inputs that are a table's own columns.
enum ColumnInputs {
    /// Stands in for the catalogue's hash in a model of such inputs, so that no engine takes it for one of its own.
    static func hash(of names: [String]) -> [UInt8] {
        SHA256.hash(Array(("columns\n" + names.joined(separator: "\n")).utf8)).bytes
    }
}

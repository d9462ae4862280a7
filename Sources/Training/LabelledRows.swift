internal import Cryptography
internal import EventLog
internal import Features
internal import Tables

/// The rows of a table with the inputs of a model, and what has to be told of the table: those of the
/// range, and before it as much labelled warm-up as folds may need.
struct LabelledRows: Sendable {
    var rows: FeatureRows
    /// Rows before this one are warm-up.
    var firstOfRange = 0
    var hash: [UInt8] = []
    var ignoredColumns: [String] = []
    var skipped = SkippedRows()
    /// When the last of the labels became known; nil if the table tells no times.
    var labelsKnownUntil: Timestamp?

    /// Warm-up is kept for so many lengths of the range, beside the gap.
    private static let warmUpLengths: Int64 = 3

    /// The first moment whose rows are kept. How long a range is that ends with the table is not
    /// known before: it is taken for a long one, which needs no warm-up.
    private static func firstKept(_ reading: TableOptions) -> Timestamp? {
        guard let from = reading.range.from else { return nil }
        guard let until = reading.range.until else { return from }
        let length = until.rawValue - from.rawValue
        let gap = reading.labelDelaySeconds * 1_000_000
        guard length < 3 * gap else { return from }
        return Timestamp(from.rawValue - warmUpLengths * length - gap)
    }

    /// By replaying every row.
    ///
    /// - Parameter keepsUnlabelled: whether rows of the range without a label are kept, too.
    static func replaying(
        _ path: String, _ reading: TableOptions, hashes: Bool, keepsUnlabelled: Bool = false,
        progress: (TrainingProgress) -> Void
    ) throws(TrainingError) -> LabelledRows {
        let firstKept = firstKept(reading)
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
                    let isWarmUp = !isInRange && row.isFraud != nil
                    let isKept = firstKept.map { row.occurredAt >= $0 } ?? isInRange
                    guard isInRange ? row.isFraud != nil || keepsUnlabelled : isWarmUp && isKept
                    else { continue }
                    let known = TableReplay.labelKnown(row, delaySeconds: reading.labelDelaySeconds)
                    table.append(
                        inputs, isFraud: row.isFraud, row.occurredAt, known: known,
                        isInRange: isInRange)
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

    private mutating func append(
        _ inputs: some Collection<Double>, isFraud: Bool?, _ time: Timestamp, known: Timestamp,
        isInRange: Bool
    ) {
        if !isInRange {
            firstOfRange = rows.count + 1
        } else if isFraud != nil {
            labelsKnownUntil = max(labelsKnownUntil ?? known, known)
        }
        rows.append(inputs, isFraud: isFraud, time: time.rawValue, labelTime: known.rawValue)
    }

    /// As they stand. In a table without times, rows are as far apart as their numbers.
    static func columns(
        _ path: String, _ reading: TableOptions, keepsUnlabelled: Bool = false,
        progress: (TrainingProgress) -> Void
    ) throws(TrainingError) -> LabelledRows {
        let from = reading.range.from
        var reading = reading
        reading.range = TimeRange(from: firstKept(reading), until: reading.range.until)
        do throws(TableError) {
            let (numbers, source) = try NumericTable.read(path: path, options: reading) {
                progress(TrainingProgress(stage: "reading", fraction: $0, done: $1))
            }
            guard !numbers.labels.isEmpty || keepsUnlabelled else {
                throw TableError(
                    path: path, line: 1, column: "label",
                    reason: "is needed to fit a model to, but missing")
            }
            var table = LabelledRows(
                rows: FeatureRows(names: numbers.names), hash: source.hash,
                ignoredColumns: source.ignoredColumns, skipped: source.skipped)
            for row in 0..<numbers.count {
                let isFraud = numbers.labels.isEmpty ? nil : numbers.labels[row]
                guard isFraud != nil || keepsUnlabelled else { continue }
                guard !numbers.times.isEmpty else {
                    numbers.withRow(row) {
                        table.rows.append($0, isFraud: isFraud, time: Int64(row))
                    }
                    continue
                }
                let time = numbers.times[row]
                numbers.withRow(row) {
                    table.append(
                        $0, isFraud: isFraud, time,
                        known: time.adding(seconds: reading.labelDelaySeconds),
                        isInRange: from.map { time >= $0 } ?? true)
                }
            }
            return table
        } catch { throw .table(error) }
    }
}

/// Inputs that are a table's own columns.
public enum ColumnInputs {
    /// Stands in for the catalogue's hash in a model of such inputs, so that no engine takes it for one of its own.
    public static func hash(of names: [String]) -> [UInt8] {
        SHA256.hash(Array(("columns\n" + names.joined(separator: "\n")).utf8)).bytes
    }
}

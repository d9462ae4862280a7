internal import EventLog

/// Reads a table's columns of numbers and nothing else: for people who bring features of their own. Of the columns with
/// a meaning, `transaction_id`, `occurred_at` and `label` are read if they are there.
public struct ColumnReader: ~Copyable, Sendable {
    /// Names of the columns that are read, in the order of the values.
    public private(set) var names: [String]
    /// Columns that are not looked at, as far as they are known.
    public private(set) var ignoredColumns: [String]
    /// Whether the table has a `label`, and times.
    public let hasLabels: Bool
    /// Whether the table has `occurred_at`.
    public let hasTimes: Bool
    /// Rows that were left out so far.
    public private(set) var skipped = SkippedRows()

    private var records: RecordReader
    private var places: [Int]
    /// By column, whether its first value has been seen; columns that were named are numeric in any case.
    private var isDecided: [Bool]
    private let width: Int
    private let identifierPlace: Int?
    private let timePlace: Int?
    private let labelPlace: Int?
    private let options: TableOptions
    private var rowNumber: Int64 = 0
    private var latest = Timestamp(.min)
    private var latestLine = 0

    /// Columns that name a transaction, its parties or its times, or say what became of it: no features, whatever they
    /// look like.
    private static let notFeatures: Set<TransactionColumn> = [
        .transactionID, .occurredAt, .payer, .payee, .currency, .kind, .device, .instrument,
        .address, .country, .initiatedAt, .sequence, .outcome, .outcomeAt, .outcomeSequence,
        .label, .labelKnownAt, .labelSequence,
    ]

    /// Opens a table and reads its header.
    ///
    /// - Parameter columns: the columns that are read; nil for all whose first value is a number.
    public init(
        path: String, columns: [String]? = nil, options: TableOptions = TableOptions(),
        hashes: Bool = false
    ) throws(TableError) {
        var records = try RecordReader(path: path, hashes: hashes)
        let header = try TableHeader(&records)
        var names: [String] = []
        var places: [Int] = []
        let candidates =
            columns
            ?? header.names.filter { name in
                TransactionColumn(name: name).map { !Self.notFeatures.contains($0) } ?? true
            }
        for name in candidates {
            guard let place = try header.place(of: name) else {
                throw header.error(name, "is an input of the model but missing")
            }
            names.append(name)
            places.append(place)
        }
        guard !names.isEmpty else {
            throw TableError(path: path, line: 1, reason: "has no column that could be a feature")
        }
        let identifierPlace = try header.place(of: TransactionColumn.transactionID.name)
        let timePlace = try header.place(of: TransactionColumn.occurredAt.name)
        let labelPlace = try header.place(of: TransactionColumn.label.name)
        let isBounded = options.range != TimeRange()
        guard timePlace != nil || !(isBounded || options.isSorted) else {
            throw header.error(
                TransactionColumn.occurredAt.name,
                "is needed for --from, --until and --sort but missing")
        }
        isDecided = [Bool](repeating: columns != nil, count: names.count)
        width = header.names.count
        self.names = names
        self.places = places
        self.identifierPlace = identifierPlace
        self.timePlace = timePlace
        self.labelPlace = labelPlace
        hasLabels = labelPlace != nil
        hasTimes = timePlace != nil
        let read = Set(names)
        ignoredColumns = header.names.filter {
            !read.contains($0) && TransactionColumn(name: $0) == nil
        }
        self.options = options
        self.records = records
    }

    /// The table's path.
    public var path: String { records.path }
    /// How much of the file has been read, 0 … 1.
    public var fractionRead: Double { records.fractionRead }

    /// SHA-256 of the table's whole text, decompressed; empty unless it was asked for. May be asked for once.
    public mutating func takeHash() throws(TableError) -> [UInt8] { try records.hashOfAll() }

    /// Puts the next rows of the range, at most `limit`, into `batch` in place of what is there; false at the end. Their
    /// values are ``RowBatch/extras``; of the rows themselves, line, time and label count.
    ///
    /// - Throws: ``TableError`` at a row that cannot be read, unless those are skipped.
    public mutating func read(into batch: inout RowBatch, limit: Int = 1_024) throws(TableError)
        -> Bool
    {
        batch.removeAll()
        while batch.count < limit, try records.next() {
            rowNumber += 1
            let before = batch.extras.count
            do throws(TableError) { try readRow(into: &batch) } catch {
                guard options.onBadRow == .skip, !error.isAboutOrder else { throw error }
                batch.truncateExtras(to: before)
                skipped.add(error)
            }
        }
        return batch.count > 0
    }

    private mutating func readRow(into batch: inout RowBatch) throws(TableError) {
        if let malformation = records.malformation {
            throw error(nil, "field \(malformation.field + 1) has \(malformation.reason)")
        }
        guard records.fieldCount == width else {
            throw error(nil, "\(records.fieldCount) fields, the header has \(width)")
        }
        var row = TableRow(
            line: records.line, occurredAt: try time(), payer: .none, payee: .none, amount: 0,
            currency: 0)
        try checkOrder(row.occurredAt)
        guard options.range.contains(row.occurredAt) else { return }
        row.isFraud = try label()
        for column in places.indices {
            batch.append(extra: try value(column))
        }
        if let identifierPlace {
            let text = records.text.span.extracting(records.field(identifierPlace))
            guard text.count > 0, UTF8Text.isValid(text) else {
                throw error(TransactionColumn.transactionID.name, "is empty or not UTF-8")
            }
            batch.append(row, identifier: text)
        } else {
            batch.append(row, identifier: Array(String(rowNumber).utf8).span)
        }
    }

    private func error(_ column: String?, _ reason: String) -> TableError {
        TableError(path: records.path, line: records.line, column: column, reason: reason)
    }

    private mutating func checkOrder(_ time: Timestamp) throws(TableError) {
        guard hasTimes, !options.isSorted else { return }
        guard !(time < latest) else {
            throw TableOrder.error(
                records.path, line: records.line, time, latest: latest, latestLine: latestLine)
        }
        latest = time
        latestLine = records.line
    }

    private func time() throws(TableError) -> Timestamp {
        guard let timePlace else { return .none }
        let range = records.field(timePlace)
        guard let time = Timestamp(rfc3339: records.text.span.extracting(range)) else {
            throw error(
                TransactionColumn.occurredAt.name,
                "“\(records.string(range))” is not a moment of RFC 3339 such as 2025-01-31T09:30:00Z"
            )
        }
        return time
    }

    private func label() throws(TableError) -> Bool? {
        guard let labelPlace else { return nil }
        let range = records.field(labelPlace)
        if range.isEmpty { return nil }
        let text = records.text.span.extracting(range)
        if text.count == 1, text[0] == UInt8(ascii: "0") { return false }
        if text.count == 1, text[0] == UInt8(ascii: "1") { return true }
        throw error(
            TransactionColumn.label.name, "“\(records.string(range))” is not 0, 1 or empty")
    }

    /// NaN if the field is empty, or if the column turns out to be none of numbers.
    private mutating func value(_ column: Int) throws(TableError) -> Double {
        guard places[column] >= 0 else { return .nan }
        let range = records.field(places[column])
        if range.isEmpty { return .nan }
        if let value = DecimalText.double(records.text.span.extracting(range)) {
            isDecided[column] = true
            return value
        }
        guard isDecided[column] else {
            // Its first value is no number: it is a column of text.
            places[column] = -1
            ignoredColumns.append(names[column])
            return .nan
        }
        throw error(
            names[column],
            "“\(records.string(range))” is not a finite number such as -12.5; leave the field empty if it "
                + "is not known")
    }

    /// By column, whether it has turned out to be one of numbers. To be asked at the end.
    var isNumeric: [Bool] { zip(places, isDecided).map { $0 >= 0 && $1 } }
}

extension NumericTable {
    /// Reads a table's columns into memory: every one whose first value is a number, except `label` and those that name a
    /// transaction, its parties or its times or say what became of it. Columns without any value are left out.
    ///
    /// - Parameters:
    ///   - columns: the columns that are read instead, by name.
    ///   - progress: is told how much of the file has been read, 0 … 1, and how many rows.
    /// - Throws: ``TableError`` for a bad row, unless those are skipped, and for a table without rows or numbers.
    public static func read(
        path: String, columns: [String]? = nil, options: TableOptions = TableOptions(),
        progress: (Double, Int) -> Void = { _, _ in }
    ) throws(TableError) -> (table: NumericTable, source: NumericTableSource) {
        var reader = try ColumnReader(path: path, columns: columns, options: options, hashes: true)
        var batch = RowBatch()
        var all = NumericTable(names: reader.names)
        while try reader.read(into: &batch) {
            for index in 0..<batch.count {
                let row = batch.rows[index]
                all.append(
                    Array(batch.extras[index * all.width..<(index + 1) * all.width]),
                    identifier: String(
                        decoding: batch.identifiers[batch.identifier(index)], as: UTF8.self),
                    label: reader.hasLabels ? .some(row.isFraud) : .none,
                    time: reader.hasTimes ? row.occurredAt : nil)
            }
            progress(reader.fractionRead, all.count)
        }
        guard all.count > 0 else {
            throw TableError(path: path, reason: "has no rows in the range that was asked for")
        }
        if columns == nil { all = all.keeping(columns: reader.isNumeric) }
        guard all.width > 0 else {
            throw TableError(path: path, reason: "has no column of numbers")
        }
        if options.isSorted { all = all.sortedByTime() }
        return (
            all,
            NumericTableSource(
                hash: try reader.takeHash(), ignoredColumns: reader.ignoredColumns,
                skipped: reader.skipped)
        )
    }

    private func keeping(columns isKept: [Bool]) -> NumericTable {
        guard isKept.contains(false) else { return self }
        let kept = names.indices.filter { isKept[$0] }
        return NumericTable(
            names: kept.map { names[$0] }, rows: Array(0..<count), of: self, columns: kept)
    }

    private func sortedByTime() -> NumericTable {
        let order = (0..<count).sorted {
            times[$0] == times[$1] ? $0 < $1 : times[$0] < times[$1]
        }
        return NumericTable(names: names, rows: order, of: self, columns: Array(names.indices))
    }

    private init(names: [String], rows: [Int], of other: NumericTable, columns: [Int]) {
        self.init(names: names)
        for row in rows {
            append(
                columns.map { other[row, $0] }, identifier: other.identifiers[row],
                label: other.labels.isEmpty ? .none : .some(other.labels[row]),
                time: other.times.isEmpty ? nil : other.times[row])
        }
    }
}

/// Where a ``NumericTable`` comes from.
public struct NumericTableSource: Sendable, Equatable {
    /// SHA-256 of the table's whole text, decompressed.
    public let hash: [UInt8]
    /// Columns that were not looked at.
    public let ignoredColumns: [String]
    /// Rows that were left out.
    public let skipped: SkippedRows
}

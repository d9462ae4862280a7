public import EventLog

/// Reads a transactions table row by row: a header, then one transaction a record, in time order. The order of columns
/// is free; an empty field is a missing value. What is wrong is said with line and column, and nothing is guessed.
public struct TransactionReader: ~Copyable, Sendable {
    var records: RecordReader
    /// Where each column with a meaning stands; -1 if the table lacks it.
    let places: [Int]
    private let extraPlaces: [Int]
    private let width: Int
    private let options: TableOptions
    /// Columns of the table without a meaning that were not asked for; they are not looked at.
    public let ignoredColumns: [String]
    /// Names of the further numeric columns that ``RowBatch/extras`` holds.
    public var extras: [String] { options.extras }
    /// Rows that were left out so far.
    public private(set) var skipped = SkippedRows()

    var accounts = NameTable()
    var devices = NameTable()
    var instruments = NameTable()
    var addresses = NameTable()
    var currencies = KnownCurrencies()
    private var latest = Timestamp(.min)
    private var latestLine = 0
    private var isAtEnd = false
    /// All rows in the order of their times, and how many were given out, if they are sorted.
    private var sorted: (rows: RowBatch, order: [Int], given: Int)?

    /// Opens a table and reads its header.
    ///
    /// - Parameter hashes: whether ``takeHash()`` will be asked for.
    /// - Throws: ``TableError`` if there is no such table, or if its header lacks a column that is required or asked for.
    public init(
        path: String, options: TableOptions = TableOptions(), hashes: Bool = false
    ) throws(TableError) {
        var records = try RecordReader(path: path, hashes: hashes)
        let header = try TableHeader(&records)
        var places = [Int](repeating: -1, count: TransactionColumn.allCases.count)
        for column in TransactionColumn.allCases {
            if let place = try header.place(of: column.name) {
                places[column.rawValue] = place
            } else if column.isRequired {
                throw header.error(
                    column.name,
                    "is required but missing; the table has "
                        + header.names.joined(separator: ", "))
            }
        }
        var extraPlaces: [Int] = []
        for name in options.extras {
            guard TransactionColumn(name: name) == nil else {
                throw header.error(
                    name, "has a meaning of its own; further features are other columns")
            }
            guard let place = try header.place(of: name) else {
                throw header.error(name, "is asked for as a feature but missing")
            }
            extraPlaces.append(place)
        }
        width = header.names.count
        ignoredColumns = header.names.filter {
            TransactionColumn(name: $0) == nil && !options.extras.contains($0)
        }
        self.places = places
        self.extraPlaces = extraPlaces
        self.options = options
        self.records = records
    }

    /// The table's path.
    public var path: String { records.path }
    /// How much of the file has been read, 0 … 1.
    public var fractionRead: Double { records.fractionRead }

    /// SHA-256 of the table's whole text, decompressed; empty unless it was asked for. May be asked for once.
    public mutating func takeHash() throws(TableError) -> [UInt8] { try records.hashOfAll() }

    /// The name of an account as the table has it.
    public func accountName(_ account: AccountID) -> String {
        accounts.name(Int(account.rawValue))
    }

    /// Puts the next rows, at most `limit`, into `batch` in place of what is there; false at the end of the table, or of
    /// the range that was asked for.
    ///
    /// - Throws: ``TableError`` at a row that cannot be read, unless those are skipped; at a row that is earlier than
    ///   the one before, in any case, unless rows are sorted.
    public mutating func read(into batch: inout RowBatch, limit: Int = 1_024) throws(TableError)
        -> Bool
    {
        batch.removeAll()
        if options.isSorted { return try readSorted(into: &batch, limit: limit) }
        while batch.count < limit, !isAtEnd { try readRow(into: &batch) }
        return batch.count > 0
    }

    private mutating func readSorted(into batch: inout RowBatch, limit: Int) throws(TableError)
        -> Bool
    {
        if sorted == nil {
            var all = RowBatch()
            while !isAtEnd { try readRow(into: &all) }
            let order = all.rows.indices.sorted {
                let (a, b) = (all.rows[$0].occurredAt, all.rows[$1].occurredAt)
                return a == b ? $0 < $1 : a < b
            }
            sorted = (all, order, 0)
        }
        guard var (rows, order, given) = sorted.take() else { return false }
        while given < order.count, batch.count < limit {
            batch.append(row: order[given], of: rows, extraCount: extraPlaces.count)
            given += 1
        }
        if given == order.count { (rows, order, given) = (RowBatch(), [], 0) }
        sorted = (rows, order, given)
        return batch.count > 0
    }

    /// Reads one record and appends its row, unless it is bad or outside the range.
    private mutating func readRow(into batch: inout RowBatch) throws(TableError) {
        guard try records.next() else {
            isAtEnd = true
            return
        }
        let extras = batch.extras.count
        do throws(TableError) {
            try checkShape()
            let time = try requiredTime(.occurredAt)
            if options.range.isAfter(time) {
                // Later rows are not looked at; in a table that is not sorted yet, earlier ones may follow.
                if !options.isSorted { isAtEnd = true }
                return
            }
            let row = try row(at: time)
            for (index, place) in extraPlaces.enumerated() {
                batch.append(extra: try number(place, options.extras[index]))
            }
            let identifier = records.field(places[TransactionColumn.transactionID.rawValue])
            guard !identifier.isEmpty else { throw error(.transactionID, "is empty") }
            let text = records.text.span.extracting(identifier)
            guard UTF8Text.isValid(text) else { throw error(.transactionID, "is not UTF-8") }
            batch.append(row, identifier: text)
        } catch {
            guard options.onBadRow == .skip else { throw error }
            batch.truncateExtras(to: extras)
            skipped.add(error)
            return
        }
        try checkOrder(batch.rows[batch.count - 1].occurredAt)
    }

    private func checkShape() throws(TableError) {
        if let malformation = records.malformation {
            throw error(nil, "field \(malformation.field + 1) has \(malformation.reason)")
        }
        guard records.fieldCount == width else {
            throw error(nil, "\(records.fieldCount) fields, the header has \(width)")
        }
    }

    private mutating func checkOrder(_ time: Timestamp) throws(TableError) {
        guard !options.isSorted else { return }
        guard !(time < latest) else {
            throw TableOrder.error(
                records.path, line: records.line, time, latest: latest, latestLine: latestLine)
        }
        latest = time
        latestLine = records.line
    }

    func error(_ column: TransactionColumn?, _ reason: String) -> TableError {
        TableError(path: records.path, line: records.line, column: column?.name, reason: reason)
    }

    /// A further column's number; NaN if the field is empty.
    private func number(_ place: Int, _ name: String) throws(TableError) -> Double {
        let range = records.field(place)
        guard !range.isEmpty else { return .nan }
        guard let value = DecimalText.double(records.text.span.extracting(range)) else {
            throw TableError(
                path: records.path, line: records.line, column: name,
                reason:
                    "“\(records.string(range))” is not a finite number such as -12.5; leave the field "
                    + "empty if it is not known")
        }
        return value
    }
}

/// The first record of a table: its columns' names.
struct TableHeader {
    let path: String
    let names: [String]

    /// Reads it. Throws if there is none, or if it is not text.
    init(_ records: inout RecordReader) throws(TableError) {
        path = records.path
        guard try records.next() else {
            throw TableError(path: path, reason: "is empty: a table begins with its columns' names")
        }
        var names: [String] = []
        for index in 0..<records.fieldCount {
            let bytes = records.text[records.field(index)]
            guard let name = String(validating: bytes, as: UTF8.self) else {
                throw TableError(
                    path: path, line: 1, reason: "the name of column \(index + 1) is not UTF-8")
            }
            names.append(name)
        }
        self.names = names
    }

    /// Where a column stands; nil if there is none of that name.
    func place(of name: String) throws(TableError) -> Int? {
        guard let first = names.firstIndex(of: name) else { return nil }
        guard names.lastIndex(of: name) == first else { throw error(name, "stands twice") }
        return first
    }

    func error(_ column: String, _ reason: String) -> TableError {
        TableError(path: path, line: 1, column: column, reason: reason)
    }
}

/// What is said of a row that is earlier than the one before.
enum TableOrder {
    static func error(
        _ path: String, line: Int, _ time: Timestamp, latest: Timestamp, latestLine: Int
    ) -> TableError {
        var error = TableError(
            path: path, line: line, column: TransactionColumn.occurredAt.name,
            reason: "\(time.rfc3339(decimals: .needed)) is earlier than "
                + "\(latest.rfc3339(decimals: .needed)) on line \(latestLine): the table is not sorted; "
                + "sort it by occurred_at, or read it with --sort")
        error.isAboutOrder = true
        return error
    }
}

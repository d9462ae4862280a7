internal import EventLog
internal import Features

/// One pass over a transactions table that gives each row the inputs of a model: the catalogue's features, by replaying
/// every row, then the further columns. Rows are read on another thread meanwhile.
///
/// Take batches with ``next()`` and ask ``inputs(of:_:into:)`` for each of their rows, once and in order.
public struct FeaturePass: ~Copyable {
    /// Names of the inputs.
    public let names: [String]
    /// Columns of the table that are not looked at.
    public let ignoredColumns: [String]
    private let range: TimeRange
    private let catalogueCount: Int
    private let extraCount: Int
    private let reading: ReadAhead
    private var replay: TableReplay
    /// Rows that were replayed so far, those before the range included.
    public private(set) var replayedRows = 0

    /// Opens a table and begins to read.
    ///
    /// - Parameter hashes: whether ``hash()`` will be asked for.
    /// - Throws: ``TableError`` if the table cannot be opened, or a further column is called as a feature is.
    public init(
        path: String, options: TableOptions = TableOptions(), hashes: Bool = false
    ) throws(TableError) {
        let reader = try TransactionReader(path: path, options: options, hashes: hashes)
        for name in options.extras where FeatureCatalogue.index(of: name) != nil {
            throw TableError(
                path: path, line: 1, column: name,
                reason: "is the name of a feature of the catalogue: the column needs another name")
        }
        names = FeatureCatalogue.all.map(\.name) + options.extras
        ignoredColumns = reader.ignoredColumns
        range = options.range
        catalogueCount = FeatureCatalogue.count
        extraCount = options.extras.count
        replay = TableReplay(labelDelaySeconds: options.labelDelaySeconds)
        reading = ReadAhead(reader)
    }

    deinit { reading.abandon() }

    /// How much of the file has been read, 0 … 1.
    public var fractionRead: Double { reading.fractionRead }

    /// The next rows; nil at the end of the table, or of the range.
    public mutating func next() throws(TableError) -> RowBatch? { try reading.next() }

    /// Takes back a batch that is done with, so that its room is used again.
    public func reuse(_ batch: RowBatch) { reading.reuse(batch) }

    /// Replays one row and writes its inputs, as many as there are ``names``. Returns whether the row is in the range:
    /// those before it are history.
    public mutating func inputs(
        of batch: borrowing RowBatch, _ index: Int, into inputs: UnsafeMutablePointer<Double>
    ) -> Bool {
        let row = batch.rows[index]
        if index % FeatureState.lookaheadEvents == 0 {
            let end = min(batch.rows.count, index + FeatureState.lookaheadEvents)
            replay.lookAhead(batch.rows[index..<end])
        }
        replay.apply(
            row, into: UnsafeMutableBufferPointer(start: inputs, count: catalogueCount))
        for extra in 0..<extraCount {
            inputs[catalogueCount + extra] = batch.extras[index * extraCount + extra]
        }
        replayedRows += 1
        return !range.isBefore(row.occurredAt)
    }

    /// Rows that were left out, once ``next()`` gave nil.
    public func skippedRows() throws(TableError) -> SkippedRows {
        try reading.finish { $0.skipped }
    }

    /// SHA-256 of the table's whole text, decompressed, once ``next()`` gave nil. May be asked for once.
    public func hash() throws(TableError) -> [UInt8] {
        try reading.finish { reader throws(TableError) in try reader.takeHash() }
    }
}

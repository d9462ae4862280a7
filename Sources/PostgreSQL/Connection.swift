internal import CPostgreSQL
internal import Glibc

/// One connection to PostgreSQL, for one thread at a time; calls block.
///
/// Statements are sent in libpq's pipeline mode: any number of ``send(_:_:)`` and one ``sync()`` make one round
/// trip and, outside an explicit transaction, one transaction; then as many ``nextRows()`` and one ``finish()``.
public struct Connection: ~Copyable {
    private let connection: OpaquePointer
    private var prepared: Set<String> = []

    /// Connects; `information` is libpq's connection string.
    public init(_ information: String) throws(PostgreSQLError) {
        guard let connection = PQconnectdb(information) else {
            throw .connectionLost("out of memory")
        }
        guard PQstatus(connection) == CONNECTION_OK else {
            let message = Self.message(of: connection)
            PQfinish(connection)
            throw .connectionLost(message)
        }
        self.connection = connection
        PQsetNoticeProcessor(connection, { _, _ in }, nil)
    }

    deinit { PQfinish(connection) }

    /// Executes SQL text, possibly of several statements, outside pipeline mode. Only for fixed text.
    public mutating func execute(_ sql: String) throws(PostgreSQLError) {
        try leavePipeline()
        guard let result = PQexec(connection, sql) else { throw lost() }
        defer { PQclear(result) }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK: return
        default: throw error(of: result)
        }
    }

    /// Prepares statements ahead of their first use; needed before several are sent in one round trip.
    public mutating func prepare(_ statements: [Statement]) throws(PostgreSQLError) {
        for statement in statements where !prepared.contains(statement.name) {
            try prepare(statement)
        }
    }

    /// Executes one statement by itself and returns its rows: one round trip, after a first one that prepares it.
    public mutating func query(
        _ statement: Statement, _ parameters: Parameters = Parameters()
    ) throws(PostgreSQLError) -> Rows {
        try send(statement, parameters)
        try sync()
        let rows = try nextRows()
        try finish()
        return rows
    }

    /// Queues a statement, preparing it on its first use.
    public mutating func send(
        _ statement: Statement, _ parameters: Parameters = Parameters()
    ) throws(PostgreSQLError) {
        if !prepared.contains(statement.name) { try prepare(statement) }
        try enterPipeline()
        let sent = parameters.bytes.withUnsafeBufferPointer { bytes in
            withUnsafeTemporaryAllocation(
                of: UnsafePointer<CChar>?.self, capacity: max(1, parameters.spans.count)
            ) { values in
                withUnsafeTemporaryAllocation(
                    of: Int32.self, capacity: 2 * max(1, parameters.spans.count)
                ) { numbers in
                    let count = parameters.spans.count
                    for (index, span) in parameters.spans.enumerated() {
                        if span.length < 0 {
                            values[index] = nil
                        } else if let base = bytes.baseAddress {
                            values[index] = UnsafeRawPointer(base + span.offset)
                                .assumingMemoryBound(to: CChar.self)
                        } else {
                            values[index] = Self.emptyValue
                        }
                        numbers[index] = Int32(max(0, span.length))
                        numbers[count + index] = 1
                    }
                    return PQsendQueryPrepared(
                        connection, statement.name, Int32(count), values.baseAddress,
                        numbers.baseAddress,
                        numbers.baseAddress.map { $0 + count }, 1)
                }
            }
        }
        guard sent == 1 else { throw lost() }
    }

    /// Ends what was queued and sends it.
    public mutating func sync() throws(PostgreSQLError) {
        guard PQpipelineSync(connection) == 1 else { throw lost() }
        try flushAll()
    }

    /// Lets the server begin with what was queued, as far as its buffer takes it now. Optional: ``sync()`` sends all.
    public mutating func flush() throws(PostgreSQLError) {
        // Without a request to flush the server would answer nothing before the end; that is fine: only the work
        // is to begin.
        guard PQflush(connection) >= 0 else { throw lost() }
    }

    /// The rows of the next queued statement, in the order they were sent.
    public mutating func nextRows() throws(PostgreSQLError) -> Rows {
        guard let result = PQgetResult(connection) else { throw lost() }
        switch PQresultStatus(result) {
        case PGRES_COMMAND_OK, PGRES_TUPLES_OK:
            // A null result separates statements.
            if let extra = PQgetResult(connection) {
                PQclear(extra)
                PQclear(result)
                throw .unexpectedResult("a statement gave two results")
            }
            return Rows(result)
        case PGRES_PIPELINE_SYNC:
            PQclear(result)
            throw .unexpectedResult("more results were asked for than statements sent")
        default:
            let error = error(of: result)
            PQclear(result)
            while let rest = PQgetResult(connection) { PQclear(rest) }
            if !error.isConnectionLost { try drain() }
            throw error
        }
    }

    /// Reads the end of what ``sync()`` closed.
    public mutating func finish() throws(PostgreSQLError) {
        guard let result = PQgetResult(connection) else { throw lost() }
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_PIPELINE_SYNC else {
            throw .unexpectedResult("statements were sent whose results were not read")
        }
    }

    /// Discards what comes up to the end of the next ``sync()``: what was sent behind something that failed.
    public mutating func skipToSync() throws(PostgreSQLError) { try drain() }

    /// Whether no transaction is open and nothing that was sent waits to be read.
    public var isIdle: Bool { PQtransactionStatus(connection) == PQTRANS_IDLE }

    // MARK: - Private

    nonisolated(unsafe) private static let emptyValue: UnsafePointer<CChar> = {
        let pointer = UnsafeMutablePointer<CChar>.allocate(capacity: 1)
        pointer.pointee = 0
        return UnsafePointer(pointer)
    }()

    private mutating func prepare(_ statement: Statement) throws(PostgreSQLError) {
        try leavePipeline()
        guard let result = PQprepare(connection, statement.name, statement.sql, 0, nil) else {
            throw lost()
        }
        defer { PQclear(result) }
        guard PQresultStatus(result) == PGRES_COMMAND_OK else { throw error(of: result) }
        prepared.insert(statement.name)
    }

    private func enterPipeline() throws(PostgreSQLError) {
        if PQpipelineStatus(connection) != PQ_PIPELINE_OFF { return }
        guard PQenterPipelineMode(connection) == 1, PQsetnonblocking(connection, 1) == 0 else {
            throw lost()
        }
    }

    private func leavePipeline() throws(PostgreSQLError) {
        if PQpipelineStatus(connection) == PQ_PIPELINE_OFF { return }
        guard PQsetnonblocking(connection, 0) == 0, PQexitPipelineMode(connection) == 1 else {
            throw .unexpectedResult("results are waiting: \(Self.message(of: connection))")
        }
    }

    /// Writes all that is queued, reading meanwhile so that the two sides never wait for each other.
    private func flushAll() throws(PostgreSQLError) {
        while true {
            switch PQflush(connection) {
            case 0: return
            case 1:
                var descriptor = pollfd(
                    fd: PQsocket(connection), events: Int16(POLLIN | POLLOUT), revents: 0)
                _ = poll(&descriptor, 1, -1)
                if descriptor.revents & Int16(POLLIN) != 0, PQconsumeInput(connection) == 0 {
                    throw lost()
                }
            default: throw lost()
            }
        }
    }

    /// After a failed statement: skips to the end of the pipeline, so that the connection can be used again.
    private func drain() throws(PostgreSQLError) {
        var empty = 0
        while empty < 2 {
            guard let result = PQgetResult(connection) else {
                guard PQstatus(connection) == CONNECTION_OK else { throw lost() }
                empty += 1
                continue
            }
            empty = 0
            let status = PQresultStatus(result)
            PQclear(result)
            if status == PGRES_PIPELINE_SYNC { return }
        }
    }

    private func lost() -> PostgreSQLError { .connectionLost(Self.message(of: connection)) }

    private func error(of result: OpaquePointer) -> PostgreSQLError {
        if PQstatus(connection) != CONNECTION_OK { return lost() }
        // PG_DIAG_SQLSTATE is the letter C.
        let state =
            PQresultErrorField(result, Int32(UInt8(ascii: "C"))).map { String(cString: $0) } ?? ""
        // Class 57P: the server is being shut down or this backend was terminated.
        let message = PQresultErrorMessage(result).map { String(cString: $0) } ?? "unknown error"
        let trimmed = Self.trimmed(message)
        return state.hasPrefix("57P") || state == "25P03"
            ? .connectionLost(trimmed) : .server(sqlState: state, trimmed)
    }

    private static func message(of connection: OpaquePointer) -> String {
        trimmed(PQerrorMessage(connection).map { String(cString: $0) } ?? "unknown error")
    }

    private static func trimmed(_ message: String) -> String {
        var text = Substring(message)
        while text.last?.isWhitespace == true { text = text.dropLast() }
        return String(text)
    }
}

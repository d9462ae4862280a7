internal import EventLog
internal import Identity
internal import PostgreSQL
internal import Vault

extension Parameters {
    /// Parameters that a closure adds.
    init(_ build: (inout Parameters) -> Void) {
        self.init()
        build(&self)
    }

    mutating func add<Kind>(_ id: Identifier<Kind>?) {
        guard let id else { return add(null: ()) }
        add(uuidHigh: id.uuid.high, low: id.uuid.low)
    }

    mutating func add(_ moment: Timestamp) { add(moment.rawValue) }

    /// For a `smallint`, with `::int` in the statement.
    mutating func add(_ number: Int16) { add(Int32(number)) }

    mutating func add(_ bytes: [UInt8]?) {
        if let bytes { add(bytes) } else { add(null: ()) }
    }

    mutating func add(_ text: String?) {
        if let text { add(text) } else { add(null: ()) }
    }
}

extension Rows {
    func identifier<Kind>(_ row: Int, _ column: Int) -> Identifier<Kind> {
        let (high, low) = uuid(row, column)
        return Identifier(TransferID(high: high, low: low))
    }

    func optionalIdentifier<Kind>(_ row: Int, _ column: Int) -> Identifier<Kind>? {
        isNull(row, column) ? nil : identifier(row, column)
    }

    func optionalBytes(_ row: Int, _ column: Int) -> [UInt8]? {
        isNull(row, column) ? nil : bytes(row, column)
    }

    func optionalText(_ row: Int, _ column: Int) -> String? {
        isNull(row, column) ? nil : text(row, column)
    }

    func moment(_ row: Int, _ column: Int) -> Timestamp { Timestamp(int(row, column)) }

    func optionalMoment(_ row: Int, _ column: Int) -> Timestamp? {
        optionalInt(row, column).map { Timestamp($0) }
    }

    /// A wrapped key and, before it, which key wraps it.
    func wrappedKey(_ row: Int, _ column: Int) -> WrappedKey? {
        guard let masterKey = optionalText(row, column),
            let bytes = optionalBytes(row, column + 1)
        else { return nil }
        return WrappedKey(masterKey: masterKey, bytes: bytes)
    }
}

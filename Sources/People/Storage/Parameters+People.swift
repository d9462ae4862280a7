package import EventLog
package import Identity
package import PostgreSQL
package import Vault

extension Parameters {
    /// Parameters that a closure adds.
    package init(_ build: (inout Parameters) -> Void) {
        self.init()
        build(&self)
    }

    package mutating func add<Kind>(_ id: Identifier<Kind>?) {
        guard let id else { return add(null: ()) }
        add(uuidHigh: id.uuid.high, low: id.uuid.low)
    }

    package mutating func add(_ moment: Timestamp) { add(moment.rawValue) }

    /// For a `smallint`, with `::int` in the statement.
    package mutating func add(_ number: Int16) { add(Int32(number)) }

    package mutating func add(_ bytes: [UInt8]?) {
        if let bytes { add(bytes) } else { add(null: ()) }
    }

    package mutating func add(_ text: String?) {
        if let text { add(text) } else { add(null: ()) }
    }
}

extension Rows {
    package func identifier<Kind>(_ row: Int, _ column: Int) -> Identifier<Kind> {
        let (high, low) = uuid(row, column)
        return Identifier(TransferID(high: high, low: low))
    }

    package func optionalIdentifier<Kind>(_ row: Int, _ column: Int) -> Identifier<Kind>? {
        isNull(row, column) ? nil : identifier(row, column)
    }

    package func optionalBytes(_ row: Int, _ column: Int) -> [UInt8]? {
        isNull(row, column) ? nil : bytes(row, column)
    }

    package func optionalText(_ row: Int, _ column: Int) -> String? {
        isNull(row, column) ? nil : text(row, column)
    }

    package func moment(_ row: Int, _ column: Int) -> Timestamp { Timestamp(int(row, column)) }

    package func optionalMoment(_ row: Int, _ column: Int) -> Timestamp? {
        optionalInt(row, column).map { Timestamp($0) }
    }

    /// A wrapped key and, before it, which key wraps it.
    package func wrappedKey(_ row: Int, _ column: Int) -> WrappedKey? {
        guard let masterKey = optionalText(row, column),
            let bytes = optionalBytes(row, column + 1)
        else { return nil }
        return WrappedKey(masterKey: masterKey, bytes: bytes)
    }
}

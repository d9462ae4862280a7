internal import EventLog
internal import Identity
internal import PostgreSQL

extension Parameters {
    /// Parameters that a closure adds.
    init(_ build: (inout Parameters) -> Void) {
        self.init()
        build(&self)
    }

    mutating func add<Kind>(_ id: Identifier<Kind>) {
        add(uuidHigh: id.uuid.high, low: id.uuid.low)
    }

    mutating func add(_ moment: Timestamp) { add(moment.rawValue) }

    /// A `uuid[]`.
    mutating func addIdentifiers<Kind>(_ ids: some Collection<Identifier<Kind>>) {
        addUUIDArray(ids) { ($0.uuid.high, $0.uuid.low) }
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

    func moment(_ row: Int, _ column: Int) -> Timestamp { Timestamp(int(row, column)) }

    /// A `smallint`.
    func small(_ row: Int, _ column: Int) -> Int16 { Int16(truncatingIfNeeded: int(row, column)) }

    func kind(_ row: Int, _ column: Int) -> NoticeKind? {
        NoticeKind(rawValue: small(row, column))
    }

    func channel(_ row: Int, _ column: Int) -> NoticeChannel? {
        NoticeChannel(rawValue: small(row, column))
    }
}

internal import EventLog

extension JSONWriter {
    /// `{"value": "12.50", "currency": "USD"}`; null without an amount.
    mutating func member(_ name: StaticString, minor: Int64?, _ currency: UInt16) {
        self.name(name)
        guard let minor, let currency = Currency(number: currency) else {
            null()
            return
        }
        object { writer in
            writer.member("value", Money(minor: minor, currency: currency).decimal)
            writer.member("currency", currency.code)
        }
    }

    /// A time as of RFC 3339; null for none.
    mutating func member(_ name: StaticString, _ moment: Timestamp) {
        member(name, moment == .none ? nil : moment.rfc3339())
    }

    mutating func member(_ name: StaticString, _ sequence: EventLog.Sequence) {
        member(name, sequence.rawValue)
    }

    /// A UUID; null for none.
    mutating func member(_ name: StaticString, _ id: TransferID) {
        member(name, id == .none ? nil : id.description)
    }
}

internal import EventLog
internal import Features

/// Who and what is on lists: a pure function of the events so far.
struct ListState {
    private struct Key: Hashable {
        var list: ListName
        var subject: ListSubject
        var key: UInt64

        /// For the order of a snapshot.
        var rank: (UInt8, UInt8, UInt64) { (list.rawValue, subject.rawValue, key) }
    }

    /// When each entry ends.
    private var entries: [Key: Timestamp] = [:]

    var count: Int { entries.count }

    mutating func apply(_ entry: ListEntry) {
        let key = Key(list: entry.list, subject: entry.subject, key: entry.key)
        entries[key] = entry.isRemoved ? nil : entry.until
    }

    /// Who of those that an attempt touches is on a list at its time.
    @inline(__always)
    func marks(_ event: Event, _ context: RiskContext) -> ListMarks {
        entries.isEmpty ? .none : lookUp(event, context)
    }

    private func lookUp(_ event: Event, _ context: RiskContext) -> ListMarks {
        var marks = ListMarks()
        for list in ListName.allCases {
            for subject in ListSubject.allCases {
                let key = Self.key(subject, event, context)
                guard key != 0,
                    let until = entries[Key(list: list, subject: subject, key: key)],
                    until == .none || event.recordedAt < until
                else { continue }
                marks.insert(list, subject)
            }
        }
        return marks
    }

    private static func key(
        _ subject: ListSubject, _ event: Event, _ context: RiskContext
    ) -> UInt64 {
        switch subject {
        case .payer: UInt64(bitPattern: event.payer.rawValue)
        case .payee: UInt64(bitPattern: event.payee.rawValue)
        case .device: context.device.rawValue
        case .instrument: context.instrument.rawValue
        case .address: context.address.rawValue
        }
    }
}

// MARK: - Snapshots

extension ListState {
    var words: [UInt64] {
        let sorted = entries.sorted { $0.key.rank < $1.key.rank }
        return [UInt64(sorted.count)]
            + sorted.flatMap { key, until in
                [
                    UInt64(key.list.rawValue) << 8 | UInt64(key.subject.rawValue), key.key,
                    UInt64(bitPattern: until.rawValue),
                ]
            }
    }

    mutating func restore(_ words: inout WordReader) -> Bool {
        entries = [:]
        guard let count = words.next() else { return false }
        for _ in 0..<count {
            guard let kind = words.next(), let key = words.next(), let until = words.next(),
                let list = ListName(rawValue: UInt8(truncatingIfNeeded: kind >> 8)),
                let subject = ListSubject(rawValue: UInt8(truncatingIfNeeded: kind))
            else { return false }
            entries[Key(list: list, subject: subject, key: key)] = Timestamp(
                Int64(bitPattern: until))
        }
        return true
    }
}

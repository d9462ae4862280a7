public import EventLog
public import Features

/// Turns the rows of a table into the events that a ledger would have logged, and lets the engine's own features see
/// them: there is no second implementation.
public struct TableReplay: ~Copyable {
    private var events: TableEvents
    private var state: FeatureState

    /// Number of features of a row.
    public static var featureCount: Int { FeatureCatalogue.count }

    /// A replay before its first row.
    ///
    /// - Parameters:
    ///   - labelDelaySeconds: when a label of fraud becomes known of which the table does not say so.
    ///     It is the features' own label delay, too.
    ///   - capacity: that of the engine whose features they are to equal.
    public init(
        labelDelaySeconds: Int64 = TableOptions().labelDelaySeconds,
        capacity: FeatureCapacity = .standard
    ) {
        events = TableEvents(labelDelaySeconds: labelDelaySeconds)
        var capacity = capacity
        capacity.labelDelaySeconds = labelDelaySeconds
        state = FeatureState(capacity: capacity)
    }

    /// Applies one transaction, after everything that became known by then, and writes its features to `row`,
    /// ``featureCount`` doubles. Rows must come in the order of their times.
    public mutating func apply(
        _ transaction: TableRow, into row: UnsafeMutableBufferPointer<Double>
    ) {
        events.add(transaction) { item in
            _ = state.apply(
                item.event, leg: item.leg, context: item.context, label: item.label, into: row)
        }
    }

    /// Has the memory fetched that the next rows will touch. They should be applied next; nothing depends on it but time.
    mutating func lookAhead(_ rows: ArraySlice<TableRow>) {
        for (ahead, row) in rows.enumerated() {
            state.expect(events.reserve(row, ahead: ahead), context: row.context)
        }
        state.fetchExpected()
    }

    /// When the label of a row counts as known.
    public static func labelKnown(_ row: TableRow, delaySeconds: Int64) -> Timestamp {
        row.labelKnownAt == .none ? row.occurredAt.adding(seconds: delaySeconds) : row.labelKnownAt
    }
}

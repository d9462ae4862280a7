public import EventLog

/// Moments from one, included, until another, excluded.
public struct TimeRange: Sendable, Equatable {
    /// The first moment; nil for no bound.
    public var from: Timestamp?
    /// The first moment that is too late; nil for no bound.
    public var until: Timestamp?

    /// Moments between two bounds; a bound that is not given is none.
    public init(from: Timestamp? = nil, until: Timestamp? = nil) {
        self.from = from
        self.until = until
    }

    /// Whether a moment is before all of the range.
    @inlinable public func isBefore(_ time: Timestamp) -> Bool { from.map { time < $0 } ?? false }
    /// Whether a moment is after all of the range.
    @inlinable public func isAfter(_ time: Timestamp) -> Bool {
        until.map { !(time < $0) } ?? false
    }
    /// Whether a moment is in the range.
    @inlinable public func contains(_ time: Timestamp) -> Bool {
        !isBefore(time) && !isAfter(time)
    }
}

/// How far a walk over all wrapped keys is.
public struct KeyProgress: Sendable, Equatable {
    /// Keys that were dealt with.
    public let done: Int64
    /// Keys that there were to deal with when it began. Others may come meanwhile.
    public let total: Int64
}

/// Something sealed that does not open.
public struct UnopenedData: Sendable, Equatable, CustomStringConvertible {
    /// Table and column.
    public let column: String
    /// Text of the row's identifier.
    public let row: String
    /// Why it does not open.
    public let reason: String

    /// All of it, in a line.
    public var description: String { "\(column) of \(row): \(reason)" }
}

/// What became of keys that were to be wrapped anew.
public struct Rewrapping: Sendable, Equatable {
    /// Keys that the current master key wraps now, and did not before.
    public internal(set) var rewrapped: Int64 = 0
    /// Keys that do not unwrap: the first of them.
    public internal(set) var unopened: [UnopenedData] = []
    /// How many there are of these.
    public internal(set) var unopenedCount: Int64 = 0
    /// Keys that other master keys still wrap, those that do not unwrap included. Where it is 0 no other master key is
    /// needed, unless a process wraps with one.
    public internal(set) var remaining: Int64 = 0

    /// Whether the current master key wraps all.
    public var isComplete: Bool { remaining == 0 }
}

/// What was found of what is sealed.
public struct SealedDataCheck: Sendable, Equatable {
    /// Keys that were unwrapped.
    public internal(set) var keys: Int64 = 0
    /// Values that were opened.
    public internal(set) var values: Int64 = 0
    /// What does not open: the first of it.
    public internal(set) var unopened: [UnopenedData] = []
    /// How much there is of that.
    public internal(set) var unopenedCount: Int64 = 0

    /// Whether everything opens.
    public var isWhole: Bool { unopenedCount == 0 }

    mutating func add(_ found: UnopenedData, limit: Int) {
        unopenedCount += 1
        if unopened.count < limit { unopened.append(found) }
    }
}

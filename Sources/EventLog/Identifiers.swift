/// Internal number of an account in the ledger; 0 stands for none. Never shown outside.
public struct AccountID: RawRepresentable, Hashable, Comparable, Sendable {
    /// The number itself.
    public var rawValue: Int64
    /// The account of a number.
    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
    /// The account of a number.
    @inlinable public init(_ rawValue: Int64) { self.rawValue = rawValue }
    /// No account.
    public static let none = AccountID(0)
    /// By number, which is the order of opening.
    @inlinable public static func < (a: AccountID, b: AccountID) -> Bool { a.rawValue < b.rawValue }
}

/// Position of an event in the log: 1, 2, 3 … without gaps, in commit order. 0 is "before the first".
public struct Sequence: RawRepresentable, Hashable, Comparable, Sendable {
    /// The position itself.
    public var rawValue: Int64
    /// The position `rawValue`.
    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
    /// The position `rawValue`.
    @inlinable public init(_ rawValue: Int64) { self.rawValue = rawValue }
    /// Before the first event.
    public static let zero = Sequence(0)
    /// By position, which is the order of commits.
    @inlinable public static func < (a: Sequence, b: Sequence) -> Bool { a.rawValue < b.rawValue }
    /// The sequence `count` places further on.
    @inlinable public func advanced(by count: Int) -> Sequence { Sequence(rawValue + Int64(count)) }
}

/// A moment by the ledger's clock: microseconds since 1970-01-01T00:00:00Z. 0 stands for none.
public struct Timestamp: RawRepresentable, Hashable, Comparable, Sendable {
    /// Microseconds since 1970-01-01T00:00:00Z.
    public var rawValue: Int64
    /// The moment so many microseconds after 1970-01-01T00:00:00Z.
    @inlinable public init(rawValue: Int64) { self.rawValue = rawValue }
    /// The moment so many microseconds after 1970-01-01T00:00:00Z.
    @inlinable public init(_ rawValue: Int64) { self.rawValue = rawValue }
    /// No moment.
    public static let none = Timestamp(0)
    /// By time.
    @inlinable public static func < (a: Timestamp, b: Timestamp) -> Bool { a.rawValue < b.rawValue }
    /// The moment `seconds` later.
    @inlinable public func adding(seconds: Int64) -> Timestamp {
        Timestamp(rawValue + seconds * 1_000_000)
    }
    /// The moment `milliseconds` later.
    @inlinable public func adding(milliseconds: Int64) -> Timestamp {
        Timestamp(rawValue + milliseconds * 1_000)
    }
}

/// A keyed token that stands for an identifier (owner, device, instrument, address); 0 stands for none.
public struct Token: RawRepresentable, Hashable, Sendable {
    /// The keyed hash itself.
    public var rawValue: UInt64
    /// The token of a keyed hash.
    @inlinable public init(rawValue: UInt64) { self.rawValue = rawValue }
    /// The token of a keyed hash.
    @inlinable public init(_ rawValue: UInt64) { self.rawValue = rawValue }
    /// No identifier.
    public static let none = Token(0)
}

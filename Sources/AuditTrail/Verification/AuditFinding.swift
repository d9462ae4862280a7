/// Something about the log that is not as it was written.
public struct AuditFinding: Hashable, Sendable, CustomStringConvertible {
    /// What was done to it, as far as it can be told.
    public enum Kind: String, Sendable, CaseIterable {
        /// Entries are not what their hashes say.
        case edited
        /// Entries are whole in themselves, but the next ones follow others.
        case replaced
        /// Entries are missing.
        case removed
        /// Entries were put between others, or behind the end.
        case inserted
        /// Entries are in another's place.
        case reordered
        /// The last entries are missing.
        case truncated
        /// Entries are older than those before them.
        case timeReversed = "time_reversed"
        /// What is known of the log's end does not follow from the entries.
        case headChanged = "head_changed"
        /// A signed head is not what its signature says, or none of the given keys signed it.
        case headForged = "head_forged"
        /// Signed heads are missing, or in another order.
        case headRemoved = "head_removed"
        /// Entries that a signed head covers are others now.
        case rewritten
        /// A signed head covers entries that are not there.
        case headBeyondEnd = "head_beyond_end"
    }

    /// What was done.
    public var kind: Kind
    /// Indexes of the first and the last entry concerned, as they stand in the table; for what is missing, as they
    /// stood. Nil if it is not about entries.
    public var entries: ClosedRange<Int64>?
    /// Number of the signed head; nil if it is not about one.
    public var signedHead: Int64?
    /// A sentence for people.
    public var description: String

    init(
        _ kind: Kind, entries: ClosedRange<Int64>? = nil, signedHead: Int64? = nil,
        _ description: String
    ) {
        self.kind = kind
        self.entries = entries
        self.signedHead = signedHead
        self.description = description
    }

    /// `entry 7`, or `entries 7 to 9`.
    static func name(_ entries: ClosedRange<Int64>) -> String {
        entries.count == 1
            ? "entry \(entries.lowerBound)"
            : "entries \(entries.lowerBound) to \(entries.upperBound)"
    }
}

/// Where the share of a request stands. Raw values are the database's.
public enum ShareState: Int16, Sendable, CaseIterable {
    /// Nobody has answered.
    case open = 1
    /// A payment of it is under way.
    case paying = 2
    case paid = 3
    /// Who was asked will not pay.
    case declined = 4
    /// Who asked no longer asks.
    case cancelled = 5
    /// Nobody answered in time.
    case expired = 6

    /// The word in answers.
    public var word: String {
        switch self {
        case .open: "open"
        case .paying: "paying"
        case .paid: "paid"
        case .declined: "declined"
        case .cancelled: "cancelled"
        case .expired: "expired"
        }
    }

    /// Whether nothing more happens to it.
    public var isFinal: Bool { self != .open && self != .paying }
}

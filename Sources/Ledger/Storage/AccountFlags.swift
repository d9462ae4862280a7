/// What the `flags` column of an account's entries says.
struct AccountFlags: OptionSet, Sendable {
    var rawValue: Int16

    static let debitsFrozen = AccountFlags(rawValue: 1)
    static let creditsFrozen = AccountFlags(rawValue: 2)
    /// The account's caps are to be read from its row before it pays.
    static let hasCaps = AccountFlags(rawValue: 4)

    init(rawValue: Int16) { self.rawValue = rawValue }

    init(_ entry: CommitPlan.Entry) {
        self = []
        if entry.account.debitsFrozen { insert(.debitsFrozen) }
        if entry.account.creditsFrozen { insert(.creditsFrozen) }
        if entry.hasCaps { insert(.hasCaps) }
    }
}

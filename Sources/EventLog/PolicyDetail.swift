/// With what engines decide about every reserve that follows: the champion, a challenger that changes nothing, rules.
public struct PolicyDetail: Sendable, Equatable {
    /// SHA-256 of the model's file: 32 bytes.
    public var modelHash: [UInt8]
    /// SHA-256 of the file of a model that scores beside it in shadow: 32 bytes, or none without one.
    public var challengerHash: [UInt8]
    /// The rules' whole text; empty for none.
    public var rules: String

    /// A policy; without a challenger and rules but for what is given.
    public init(modelHash: [UInt8], challengerHash: [UInt8] = [], rules: String = "") {
        self.modelHash = modelHash
        self.challengerHash = challengerHash
        self.rules = rules
    }
}

/// What being listed means. Raw values are the wire's.
public enum ListName: UInt8, Sendable, CaseIterable {
    /// Approved whatever the model and the rules say, unless the deny list says otherwise.
    case allow = 1
    /// Declined whatever else is said.
    case deny = 2
    /// Told with the decision, which it does not change.
    case watch = 3
}

/// Who or what can be listed. Raw values are the wire's.
public enum ListSubject: UInt8, Sendable, CaseIterable {
    case payer = 1
    case payee = 2
    case device = 3
    case instrument = 4
    case address = 5
}

/// Somebody or something that is put on a list, or taken off it.
public struct ListEntry: Sendable, Equatable {
    /// Which list.
    public var list: ListName
    /// What `key` names.
    public var subject: ListSubject
    /// Number of the account, or token of the device, instrument or address.
    public var key: UInt64
    /// When it ends by itself: it counts before this time, not at it; `.none` for never.
    public var until: Timestamp
    /// It is taken off instead.
    public var isRemoved: Bool

    /// An entry that does not end, but for what is given.
    public init(
        list: ListName, subject: ListSubject, key: UInt64, until: Timestamp = .none,
        isRemoved: Bool = false
    ) {
        self.list = list
        self.subject = subject
        self.key = key
        self.until = until
        self.isRemoved = isRemoved
    }
}

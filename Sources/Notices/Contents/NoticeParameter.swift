/// Something that a notice tells of; raw values are the names in JSON and in what is kept.
public enum NoticeParameter: String, Sendable, CaseIterable {
    /// An amount as decimal digits, such as `12.50`; its currency is ``currency``.
    case amount
    /// A currency's code.
    case currency
    /// The other person: a name or a handle.
    case counterparty
    /// What the other person wrote.
    case note
    /// A transfer's identifier.
    case transfer
    /// A request's identifier.
    case request
    /// Identifier of money that waits to be claimed.
    case claim
    /// A scheduled payment's identifier.
    case schedule
    /// A device's name.
    case device
    /// A contact, masked.
    case contact
    /// What a statement covers, such as `2026-10`.
    case period
    /// The digits that are sent to see whether they come back.
    case code
    /// Identifier of what the code is for.
    case verification
    /// Until when something can be done, after RFC 3339.
    case until
}

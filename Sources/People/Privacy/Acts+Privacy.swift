internal import AuditTrail

extension AuditAct {
    /// A person was given all that is known of them.
    static let personExported = word("person.exported")
    /// Keys that older master keys wrap are being wrapped by the current one.
    static let rewrappingBegun = word("key.rewrapping_begun")
    /// That came to an end, though perhaps not all of them are.
    static let rewrappingFinished = word("key.rewrapping_finished")
}

internal import AuditTrail
internal import People

extension AuditAct {
    /// Somebody claimed money that waited for an address of theirs, or tried to.
    static let claimTaken = word("claim.taken")
    /// Money that nobody claimed went back.
    static let claimReturned = word("claim.returned")
    /// Somebody was given other prices and limits.
    static let tierChanged = word("person.tier_changed")
    /// Somebody paid what they were asked for, or tried to.
    static let requestPaid = word("request.paid")
    /// Somebody used an offer to exchange, or tried to.
    static let quoteUsed = word("quote.used")
    /// Somebody wants nothing more from somebody.
    static let personBlocked = word("person.blocked")
    /// Somebody no longer minds somebody.
    static let personUnblocked = word("person.unblocked")
    /// A payment at a later time was ordered.
    static let standingOrdered = word("standing.ordered")
    /// The keys of a device, for notes, were changed.
    static let keysChanged = word("keys.changed")
    /// A payment at a later time was called off.
    static let standingEnded = word("standing.ended")
}

package import AuditTrail

/// A request that was refused, for the audit log.
package struct RefusedRequest: Sendable {
    /// What was tried.
    package var act: AuditAct
    /// Who tried it, or whom they said to be.
    package var actor: String
    /// Whether whoever tried it had shown who they are.
    package var isKnown: Bool
    /// Why it was refused.
    package var cause: String
    /// What it would have been done to; empty if that is not one thing. A text from outside that is no identifier is not
    /// recorded.
    package var subject = ""
    /// The method and the path's pattern.
    package var request: String
    /// The session, if it is known.
    package var session: String?
    /// The program, if it is known.
    package var client: String?
    /// The network address. Of it a token is recorded that is another one each day, and tells it to nobody without the key.
    package var address: String

    package init(
        _ act: AuditAct, by actor: String, isKnown: Bool, because cause: String, request: String,
        address: String
    ) {
        self.act = act
        self.actor = actor
        self.isKnown = isKnown
        self.cause = cause
        self.request = request
        self.address = address
    }
}

extension AuditAct {
    /// A token that was shown is not taken.
    package static let tokenRefused = word("token.refused")
    /// No code or token was given to a program that asked for one.
    package static let grantRefused = word("grant.refused")
    /// Something else was refused; the entry's details say which request.
    package static let requestRefused = word("request.refused")
}

/// Whether a text from outside is an identifier: anything else may be personal, and is not written down.
func isIdentifier(_ text: String) -> Bool {
    text.utf8.count <= 64
        && text.utf8.allSatisfy {
            switch $0 {
            case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
                UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "-"), UInt8(ascii: "_"):
                true
            default: false
            }
        }
}

internal import Identity
internal import People

/// Whoever makes a request, as far as they have shown it.
struct Caller: Sendable {
    /// What they are called: the actor of what they do, and the scope of their idempotency keys.
    var name: String
    /// What they may do.
    var scopes: Scopes
    /// Who they are, if they are a person.
    var person: PersonID?
    /// Their session, if they are a person.
    var session: SessionID?
    /// The device that it is on.
    var device: DeviceID?
    /// What their token says; nil for one of the operator's keys.
    var bearer: Bearer?

    /// Nobody in particular.
    static let nobody = Caller(name: "", scopes: [])
}

/// What a route asks of whoever calls it.
enum RouteAccess: Sendable, Hashable {
    /// Nothing.
    case open
    /// To have shown who they are.
    case caller
    /// To have a scope over everybody's.
    case scope(Scopes)
    /// To be a person, and to have a scope over what is theirs.
    case person(Scopes)

    /// Why a caller may not; nil if they may.
    func refusal(of caller: Caller) -> Problem? {
        switch self {
        case .open, .caller: nil
        case .scope(let scope): caller.scopes.isSuperset(of: scope) ? nil : .missingScope(scope)
        case .person(let scope):
            if caller.person == nil {
                .notAPerson
            } else {
                caller.scopes.isSuperset(of: scope) ? nil : .missingScope(scope)
            }
        }
    }
}

extension Problem {
    /// RFC 6750, section 3.1.
    static func missingScope(_ scope: Scopes) -> Problem {
        Problem(
            status: .forbidden, code: "insufficient_scope",
            detail: "this needs the scope \(scope.text)",
            headers: [
                .wwwAuthenticate: "Bearer error=\"insufficient_scope\", scope=\"\(scope.text)\""
            ])
    }
    static let notAPerson = Problem(
        status: .forbidden, code: "not_a_person",
        detail: "this is for people who have signed in, over what is theirs")
}

package import AuditTrail
package import Identity

/// What the audit log is to know of a refusal beside what whoever is refused is told.
package struct RefusalFacts: Sendable {
    /// What was tried, if that says more than the request does.
    package var act: AuditAct?
    /// Why it is refused, more closely than the code tells it; nil if the code says it all.
    package var cause: String?
    /// Whom it is about, if that is known.
    package var person: PersonID?
    /// Their session, if that is known.
    package var session: SessionID?
    /// The program that it is about, if that is known.
    package var client: String?
    /// What it would have been done to, if the request does not name it.
    package var subject: String?
    /// Whether it stands in the audit log already, with what was done because of it.
    package var isRecorded = false

    package init() {}
}

extension PeopleError {
    /// The same refusal, with what only the audit log is to know of it.
    package func noting(
        _ act: AuditAct? = nil, because cause: String? = nil, of person: PersonID? = nil,
        session: SessionID? = nil, on subject: String? = nil
    ) -> PeopleError {
        var error = self
        error.facts.act = act ?? facts.act
        error.facts.cause = cause ?? facts.cause
        error.facts.person = person ?? facts.person
        error.facts.session = session ?? facts.session
        error.facts.subject = subject ?? facts.subject
        return error
    }
}

extension GrantError {
    /// The same refusal, with what only the audit log is to know of it.
    func noting(
        because cause: String? = nil, client: Client? = nil, of person: PersonID? = nil,
        session: SessionID? = nil
    ) -> GrantError {
        var error = self
        error.facts.cause = cause ?? facts.cause
        error.facts.client = client?.id ?? facts.client
        error.facts.person = person ?? facts.person
        error.facts.session = session ?? facts.session
        return error
    }

    /// The same refusal, which the audit log knows of already.
    var recorded: GrantError {
        var error = self
        error.facts.isRecorded = true
        return error
    }
}

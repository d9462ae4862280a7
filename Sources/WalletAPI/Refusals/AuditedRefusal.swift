internal import AuditTrail
internal import Hummingbird
internal import Identity
internal import People
internal import PersonalWallets
internal import Wallet

/// What of a refusal stands in the audit log; nothing of one that is a slip, such as a missing field, or that says nothing of
/// who asked, such as a request without any token.
struct AuditedRefusal {
    /// Why, as a word.
    var cause: String
    var facts = RefusalFacts()
    /// A token that was shown is not taken.
    var isOfToken = false

    /// Refusals that stand in the log although their status alone would not tell that they do.
    private static let codes: Set<String> = [
        "wrong_code", "second_factor_required", "too_many_attempts", "too_late", "over_capture",
        "over_refund", "not_refundable", "idempotency_key_reused",
    ]
    /// Refusals that say nothing of who asked: they have not begun to sign in, or the database is out of reach.
    private static let innocent: Set<String> = [
        "sign_in_required", "login_required", "temporarily_unavailable",
    ]

    /// - Parameters:
    ///   - caller: who asked: that people name what is somebody else's is recorded, that programs look for what is not there is
    ///     not.
    ///   - isStaffAct: whether what was tried is over everybody's; then all refusals are recorded.
    init?(_ error: any Error, of caller: Caller, isStaffAct: Bool) {
        let error = (error as? OAuthController.SentBack)?.error ?? error
        switch error {
        case let error as TokenRefusal:
            cause = error.cause
            isOfToken = true
            facts.person = error.bearer?.person
            facts.session = error.bearer?.session
            facts.client = error.bearer?.client
        case let error as GrantError:
            guard !Self.innocent.contains(error.code) else { return nil }
            (cause, facts) = (error.facts.cause ?? error.code, error.facts)
        default:
            let problem = Problem(refusing: error)
            guard let problem, isStaffAct || Self.isAudited(problem, of: caller) else { return nil }
            facts = Self.facts(of: error)
            isOfToken = problem == .unknownKey
            cause = isOfToken ? "unknown_key" : facts.cause ?? problem.code
        }
        guard !facts.isRecorded else { return nil }
    }

    private static func isAudited(_ problem: Problem, of caller: Caller) -> Bool {
        guard problem != .missingKey, !innocent.contains(problem.code) else { return false }
        return switch problem.status {
        case .unauthorized, .forbidden, .conflict: true
        case .notFound: caller.person != nil && problem.code.hasPrefix("unknown_")
        default: codes.contains(problem.code)
        }
    }

    private static func facts(of error: any Error) -> RefusalFacts {
        switch error {
        case let error as PeopleError: error.facts
        case PersonalWalletError.people(let error): error.facts
        default: RefusalFacts()
        }
    }
}

extension AccessControl {
    /// Records that a request was refused, if that is for the audit log.
    func record(
        _ error: any Error, of request: Request, _ route: APIRoutes.Route, _ context: APIContext
    ) async {
        guard let people,
            let refusal = AuditedRefusal(
                error, of: context.caller, isStaffAct: route.staffAct != nil)
        else { return }
        let caller = context.caller
        let (facts, isKnown) = (refusal.facts, !caller.name.isEmpty)
        // An operator's key or a program is named as it is elsewhere; a person by their identifier, known or attacked.
        let actor =
            caller.person.map { "\($0)" } ?? (isKnown ? caller.name : nil)
            ?? facts.person.map { "\($0)" } ?? "nobody"
        var refused = RefusedRequest(
            facts.act ?? Self.act(of: refusal, route, context), by: actor, isKnown: isKnown,
            because: refusal.cause, request: context.named(request),
            address: AddressKey(context.address).description)
        refused.subject = facts.subject ?? context.parameters.get("id") ?? ""
        refused.session = (caller.session ?? facts.session).map { "\($0)" }
        refused.client = facts.client
        await people.record(refused)
    }

    private static func act(
        of refusal: AuditedRefusal, _ route: APIRoutes.Route, _ context: APIContext
    ) -> AuditAct {
        if refusal.isOfToken { return .tokenRefused }
        if route.access.refusal(of: context.caller) != nil { return .scopeRefused }
        if let staff = route.staffAct { return staff.act }
        let path = context.endpointPath ?? ""
        if path.hasPrefix("/v1/sign-in") { return .signInRefused }
        if path.hasPrefix("/oauth/") { return .grantRefused }
        return .requestRefused
    }
}

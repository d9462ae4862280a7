internal import Hummingbird
internal import Logging

/// What is known of a request beside its head and body.
struct APIContext: RequestContext {
    /// Where a context comes from when there is no connection.
    struct Detached: RequestContextSource { var logger: Logger }

    var coreContext: CoreRequestContextStorage
    /// Who makes it.
    var caller = Caller.nobody
    /// The network address that it comes from.
    var address = ""

    /// What the caller is called: the actor, and the scope of idempotency keys.
    var actor: String { caller.name }

    /// What a request is called in the audit log: its method and its path's pattern, without what is personal in it.
    func named(_ request: Request) -> String { "\(request.method) \(endpointPath ?? "")" }

    init(source: ApplicationRequestContextSource) { coreContext = .init(source: source) }
    init(detached logger: Logger, address: String = "") {
        coreContext = .init(source: Detached(logger: logger))
        self.address = address
    }
}

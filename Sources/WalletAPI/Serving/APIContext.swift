internal import Hummingbird
internal import Logging

/// What is known of a request beside its head and body.
struct APIContext: RequestContext {
    /// Where a context comes from when there is no connection.
    struct Detached: RequestContextSource { var logger: Logger }

    var coreContext: CoreRequestContextStorage
    /// Name of the bearer key: the actor, and the scope of idempotency keys.
    var actor = ""

    init(source: ApplicationRequestContextSource) { coreContext = .init(source: source) }
    init(detached logger: Logger) { coreContext = .init(source: Detached(logger: logger)) }
}

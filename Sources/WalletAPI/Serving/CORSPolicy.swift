internal import HTTPTypes
internal import Hummingbird

/// Which web applications of other origins may ask and read the answers: the CORS protocol of the Fetch Standard (section
/// "CORS protocol").
///
/// Origins are listed one by one and compared whole. Answers are never shared with credentials: what another origin's page
/// may do, it does with a token of its own in `Authorization`, which no browser adds by itself. A cookie stands for a
/// sign-in that is under way here; were it sent along by pages from elsewhere, these could finish it in somebody's name.
struct CORSPolicy: Sendable {
    private static let allowOrigin = HTTPField.Name("Access-Control-Allow-Origin")
    private static let allowMethods = HTTPField.Name("Access-Control-Allow-Methods")
    private static let allowHeaders = HTTPField.Name("Access-Control-Allow-Headers")
    private static let maximumAge = HTTPField.Name("Access-Control-Max-Age")
    private static let exposeHeaders = HTTPField.Name("Access-Control-Expose-Headers")
    private static let requestMethod = HTTPField.Name("Access-Control-Request-Method")

    /// Request headers beyond those that need no leave.
    private static let requestHeaders =
        "Authorization, Content-Type, Idempotency-Key, Last-Event-ID"
    /// Response headers beyond those that pages may read anyway.
    private static let responseHeaders =
        "Location, Retry-After, RateLimit, RateLimit-Policy, WWW-Authenticate"
    /// Seconds; longer than two hours no browser keeps it.
    private static let keptSeconds = "7200"

    private let origins: Set<String>

    init(_ origins: [WebOrigin]) { self.origins = Set(origins.map(\.text)) }

    /// The answer to a preflight request (section "CORS-preflight fetch") of a listed origin; nil for all other requests.
    ///
    /// - Parameter methods: those that the path has.
    func preflight(_ request: Request, _ methods: () -> [String]) -> Response? {
        guard request.method == .options, let name = Self.requestMethod,
            request.headers[name] != nil, isListed(request)
        else { return nil }
        let methods = methods()
        guard !methods.isEmpty else { return nil }
        var response = Response(status: .noContent)
        set(Self.allowMethods, methods.joined(separator: ", "), in: &response)
        set(Self.allowHeaders, Self.requestHeaders, in: &response)
        set(Self.maximumAge, Self.keptSeconds, in: &response)
        return response
    }

    /// Lets a page of a listed origin read an answer. Others are told nothing at all.
    func add(to response: inout Response, of request: Request) {
        if origins.isEmpty { return }
        // Also where there is no origin: a cache must not give that answer to a page (section "CORS protocol and HTTP
        // caches").
        response.headers.append(HTTPField(name: .vary, value: "Origin"))
        guard isListed(request), let origin = request.headers[.origin] else { return }
        set(Self.allowOrigin, origin, in: &response)
        if request.method != .options {
            set(Self.exposeHeaders, Self.responseHeaders, in: &response)
        }
    }

    private func isListed(_ request: Request) -> Bool {
        if origins.isEmpty { return false }
        let given = request.headers[values: .origin]
        return given.count == 1 && origins.contains(given[0])
    }

    private func set(_ name: HTTPField.Name?, _ value: String, in response: inout Response) {
        if let name { response.headers[name] = value }
    }
}

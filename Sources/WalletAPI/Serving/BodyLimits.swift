internal import HTTPTypes
internal import Hummingbird

/// How large the bodies of requests may be, by their routes: more is not kept while it comes.
struct BodyLimits: Sendable {
    private struct Route: Sendable {
        var method: HTTPRequest.Method
        /// Of the path, between slashes; nil for a parameter.
        var parts: [String?]
        var bytes: Int

        func matches(_ method: HTTPRequest.Method, _ path: [Substring]) -> Bool {
            self.method == method && parts.count == path.count
                && zip(parts, path).allSatisfy { $0 == nil || $0.map { Substring($0) } == $1 }
        }
    }
    /// Those that take more than usual.
    private let routes: [Route]

    init(_ all: [(path: String, routes: APIRoutes)]) {
        routes = all.flatMap { prefix, routes in
            routes.all.filter { $0.bodyLimit > Submission.maximumBytes }.map { route in
                Route(
                    method: route.method,
                    parts: "\(prefix)/\(route.path)".split(separator: "/").map {
                        $0.hasPrefix(":") ? nil : String($0)
                    },
                    bytes: route.bodyLimit)
            }
        }
    }

    /// The most bytes of a request's body, as its header says what it is about. Who does not even say who they are gets
    /// no more than usual.
    func bytes(of request: HTTPRequest) -> Int {
        guard request.headerFields[.authorization] != nil, let path = request.path else {
            return Submission.maximumBytes
        }
        let parts = (path.split(separator: "?", maxSplits: 1).first ?? "").split(separator: "/")
        return routes.first { $0.matches(request.method, parts) }?.bytes ?? Submission.maximumBytes
    }
}

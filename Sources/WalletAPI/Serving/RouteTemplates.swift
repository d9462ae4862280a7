internal import Hummingbird

/// All routes, for telling a path that is not known from a method that is not.
struct RouteTemplates: Sendable {
    struct Template: Sendable, Hashable {
        /// Such as `/v1/accounts/{id}`.
        var path: String
        var method: String
    }
    let all: [Template]

    init(_ router: Router<APIContext>) {
        all = router.routes.map { Template(path: "\($0.path)", method: $0.method.rawValue) }
    }

    /// The methods that some route has for a path.
    func methods(at path: String) -> [String] {
        let parts = path.split(separator: "/")
        return all.filter { template in
            let expected = template.path.split(separator: "/")
            return expected.count == parts.count
                && zip(expected, parts).allSatisfy { $0.hasPrefix("{") || $0 == $1 }
        }
        .map(\.method).sorted()
    }
}

internal import Hummingbird

/// Routes, each with what it asks of whoever calls it: there is no way to add one without saying so.
struct APIRoutes {
    typealias Handler = @Sendable (Request, APIContext) async throws -> Response

    struct Route {
        /// Below where the routes are put; empty for that place itself.
        var path: String
        var method: HTTPRequest.Method
        var access: RouteAccess
        var handler: Handler
        /// Whether requests of whoever has not shown who they are count with their address.
        var isCounted = true
        /// The most bytes of a request's body.
        var bodyLimit = Submission.maximumBytes
        /// How refusals are answered in another form than a problem; nil for what is none of the form's.
        var refusalForm: (@Sendable (any Error) -> Response?)?
    }
    private(set) var all: [Route] = []

    func get(
        _ access: RouteAccess, _ path: String = "", use handler: @escaping Handler
    ) -> APIRoutes { adding(.get, path, access, handler) }

    func post(
        _ access: RouteAccess, _ path: String = "", bodyLimit: Int = Submission.maximumBytes,
        use handler: @escaping Handler
    ) -> APIRoutes { adding(.post, path, access, bodyLimit: bodyLimit, handler) }

    func put(
        _ access: RouteAccess, _ path: String = "", use handler: @escaping Handler
    ) -> APIRoutes { adding(.put, path, access, handler) }

    func patch(
        _ access: RouteAccess, _ path: String = "", use handler: @escaping Handler
    ) -> APIRoutes { adding(.patch, path, access, handler) }

    func delete(
        _ access: RouteAccess, _ path: String = "", use handler: @escaping Handler
    ) -> APIRoutes { adding(.delete, path, access, handler) }

    /// The same routes, open to any number of requests: for whoever looks after the service.
    var uncounted: APIRoutes {
        var routes = self
        for index in routes.all.indices { routes.all[index].isCounted = false }
        return routes
    }

    /// The same routes, which answer refusals in a form of their own.
    func refusing(by form: @escaping @Sendable (any Error) -> Response?) -> APIRoutes {
        var routes = self
        for index in routes.all.indices { routes.all[index].refusalForm = form }
        return routes
    }

    private func adding(
        _ method: HTTPRequest.Method, _ path: String, _ access: RouteAccess,
        bodyLimit: Int = Submission.maximumBytes, _ handler: @escaping Handler
    ) -> APIRoutes {
        var routes = self
        routes.all.append(
            Route(
                path: path, method: method, access: access, handler: handler, bodyLimit: bodyLimit))
        return routes
    }
}

extension Router<APIContext> {
    /// Adds routes below a path; each looks at its caller first.
    func add(_ routes: APIRoutes, at prefix: String, _ control: AccessControl) {
        for route in routes.all {
            let path = [prefix, route.path].filter { !$0.isEmpty }.joined(separator: "/")
            on(RouterPath(path), method: route.method) { request, context in
                var context = context
                let counted = try await control.admit(request, to: route, &context)
                do {
                    var response = try await control.answer(route, request, context)
                    counted?.add(to: &response)
                    return response
                } catch { throw CountedError(error: error, counted: counted) }
            }
        }
    }
}

extension AccessControl {
    /// The answer to a request whose caller is known, if they may ask.
    fileprivate func answer(
        _ route: APIRoutes.Route, _ request: Request, _ context: APIContext
    ) async throws -> Response {
        do {
            if let refusal = route.access.refusal(of: context.caller) { throw refusal }
            if let act = route.staffAct { try await recordAsked(act, request, context) }
            let response = try await route.handler(request, context)
            if let act = route.staffAct { await record(act, request, context) }
            return response
        } catch {
            await record(error, of: request, route, context)
            if let response = route.refusalForm?(error) { return response }
            throw error
        }
    }
}

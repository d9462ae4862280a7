internal import EventLog
internal import Hummingbird

/// Around every route: turns errors into problems, counts and measures.
struct APIResponder: HTTPResponder {
    typealias Context = APIContext

    let routes: RouterResponder<APIContext>
    let templates: RouteTemplates
    let metrics: HTTPMetrics
    let browserHeaders: BrowserHeaders
    let cors: CORSPolicy
    let limits: CallerLimits

    func respond(to request: Request, context: APIContext) async -> Response {
        let start = ContinuousClock.now
        var response = await answer(request, context)
        browserHeaders.add(to: &response, of: request)
        cors.add(to: &response, of: request)
        metrics.record(
            method: request.method, route: context.endpointPath, status: response.status,
            elapsed: ContinuousClock.now - start)
        return response
    }

    private func answer(_ request: Request, _ context: APIContext) async -> Response {
        if let response = cors.preflight(request, { templates.methods(at: request.uri.path) }) {
            return response
        }
        do {
            let response = try await routes.respond(to: request, context: context)
            guard response.status == .notFound, context.endpointPath == Self.notFoundPath else {
                return response
            }
            let counted = try limits.count(address: context.address)
            let allowed = templates.methods(at: request.uri.path)
            throw CountedError(
                error: allowed.isEmpty ? Problem.notFound : .methodNotAllowed(allowed),
                counted: counted)
        } catch let error as CountedError {
            var response = problem(error.error, context).response
            error.counted?.add(to: &response)
            return response
        } catch {
            return problem(error, context).response
        }
    }

    private func problem(_ error: any Error, _ context: APIContext) -> Problem {
        if let problem = Problem(refusing: error) { return problem }
        context.logger.error("a request failed", metadata: ["error": "\(error)"])
        return .internalError
    }

    /// What the router calls a path or method that it does not know.
    private static let notFoundPath = "NotFound"
}

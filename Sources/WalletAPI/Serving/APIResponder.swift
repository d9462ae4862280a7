internal import EventLog
internal import Hummingbird
internal import People
internal import PersonalWallets
internal import Wallet

/// Around every route: turns errors into problems, counts and measures.
struct APIResponder: HTTPResponder {
    typealias Context = APIContext

    let routes: RouterResponder<APIContext>
    let templates: RouteTemplates
    let metrics: HTTPMetrics
    let browserHeaders: BrowserHeaders

    func respond(to request: Request, context: APIContext) async -> Response {
        let start = ContinuousClock.now
        var response = await answer(request, context)
        browserHeaders.add(to: &response, of: request)
        metrics.record(
            method: request.method, route: context.endpointPath, status: response.status,
            elapsed: ContinuousClock.now - start)
        return response
    }

    private func answer(_ request: Request, _ context: APIContext) async -> Response {
        do {
            let response = try await routes.respond(to: request, context: context)
            guard response.status == .notFound, context.endpointPath == Self.notFoundPath else {
                return response
            }
            let allowed = templates.methods(at: request.uri.path)
            throw allowed.isEmpty ? Problem.notFound : .methodNotAllowed(allowed)
        } catch let problem as Problem {
            return problem.response
        } catch let error as WalletError {
            return Problem(error).response
        } catch let error as PersonalWalletError {
            return Problem(error).response
        } catch let error as PeopleError {
            return Problem(error).response
        } catch {
            context.logger.error("a request failed", metadata: ["error": "\(error)"])
            return Problem.internalError.response
        }
    }

    /// What the router calls a path or method that it does not know.
    private static let notFoundPath = "NotFound"
}

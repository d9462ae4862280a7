internal import Hummingbird

extension AccessControl {
    /// Finds out who makes a request, where a route asks for it, and counts it: with them, or, where they have not shown
    /// who they are, with the address that it comes from, so that keys cannot be guessed without end either.
    ///
    /// - Returns: how the caller stands; nil if they are not limited.
    /// - Throws: a ``CountedError`` if there were too many requests, or the caller is not known.
    func admit(
        _ request: Request, to route: APIRoutes.Route, _ context: inout APIContext
    ) async throws -> CountedRequest? {
        if route.access == .open {
            return route.isCounted ? try limits.count(address: context.address) : nil
        }
        do {
            context.caller = try await caller(of: request)
        } catch {
            let counted = try limits.count(address: context.address)
            // Whoever asks too often is not recorded for each time.
            await record(error, of: request, route, context)
            throw CountedError(error: error, counted: counted)
        }
        return try limits.count(context.caller)
    }
}

internal import Hummingbird
internal import People

extension Problem {
    /// What OAuth refuses is told in OAuth's own form (RFC 6749, section 5.2): see ``Response/grantError(_:)``. This
    /// carries it there.
    static func grant(_ error: GrantError) -> Problem {
        var problem = Problem(status: .badRequest, code: error.code, detail: error.detail)
        if error.isOfClient {
            problem.status = .unauthorized
            problem.headers[.wwwAuthenticate] = "Basic realm=\"holdfast\""
        }
        if let seconds = error.retryAfterSeconds {
            problem.status = .serviceUnavailable
            problem.headers[.retryAfter] = String(seconds)
        }
        return problem
    }
}

extension Response {
    /// `error` and `error_description`, which must not be kept by anybody in between.
    static func grantError(_ problem: Problem) -> Response {
        var response = Response.object(status: problem.status) { writer in
            writer.member("error", problem.code)
            writer.member("error_description", problem.detail)
        }
        response.headers.append(contentsOf: problem.headers)
        response.headers[.cacheControl] = "no-store"
        return response
    }
}

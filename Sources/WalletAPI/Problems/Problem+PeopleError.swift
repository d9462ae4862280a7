internal import Hummingbird
internal import People

extension Problem {
    /// The one place that maps what is refused to people to HTTP.
    init(_ error: PeopleError) {
        let status: HTTPResponse.Status =
            switch error.kind {
            case .invalid: .unprocessableContent
            case .unauthenticated: .unauthorized
            case .forbidden: .forbidden
            case .notFound: .notFound
            case .conflict: .conflict
            case .tooMany: .tooManyRequests
            case .unavailable: .serviceUnavailable
            }
        self.init(status: status, code: error.code, detail: error.detail, field: error.field)
        if let seconds = error.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
    }
}

internal import HTTPTypes
internal import Hummingbird

/// What tells browsers to be careful with answers of this service: it serves data, which is no page, runs nothing, and is
/// shown in no frame. Other programs do without: a payment's answer is short, and so are its headers.
struct BrowserHeaders: Sendable {
    private static let fetchMode = HTTPField.Name("Sec-Fetch-Mode")
    private let fields: HTTPFields

    /// - Parameter issuer: the service's address, as clients know it; over HTTPS, browsers shall never use anything else.
    init(issuer: String) {
        var fields: HTTPFields = [
            .xContentTypeOptions: "nosniff",
            .contentSecurityPolicy:
                "default-src 'none'; connect-src 'self'; frame-ancestors 'none'; base-uri 'none'; form-action 'none'",
        ]
        for (name, value) in [
            ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
            ("Cross-Origin-Resource-Policy", "same-origin"),
            ("Cross-Origin-Opener-Policy", "same-origin"),
            (
                "Permissions-Policy",
                "publickey-credentials-get=(self), publickey-credentials-create=(self)"
            ),
        ] {
            if let name = HTTPField.Name(name) { fields[name] = value }
        }
        if issuer.hasPrefix("https://") {
            fields[.strictTransportSecurity] = "max-age=63072000; includeSubDomains"
        }
        self.fields = fields
    }

    /// Adds them to the answer of a request that a browser made; what is about a person is kept by nobody in between.
    func add(to response: inout Response, of request: Request) {
        guard let mode = Self.fetchMode,
            request.headers[mode] != nil || request.headers[.origin] != nil
        else { return }
        for field in fields where response.headers[field.name] == nil {
            response.headers[field.name] = field.value
        }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
    }
}

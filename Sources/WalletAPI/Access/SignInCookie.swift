internal import Foundation
internal import HTTPTypes
internal import Hummingbird

/// What a browser keeps of a sign-in (RFC 6265). Out of the page's reach, and not sent along by other sites' requests.
struct SignInCookie: Sendable {
    private let isSecure: Bool
    private let origin: String

    /// - Parameter issuer: the service's address, as clients know it. Over plain HTTP, as for development, a cookie
    ///   cannot be for secure connections alone.
    init(issuer: String) {
        isSecure = issuer.hasPrefix("https://")
        origin = issuer
    }

    private var name: String { isSecure ? "__Host-holdfast-sign-in" : "holdfast-sign-in" }

    /// Has the browser keep a secret for ten minutes.
    func set(_ secret: String, on response: inout Response) {
        let secure = isSecure ? "; Secure" : ""
        response.headers[.setCookie] =
            "\(name)=\(secret); Path=/; HttpOnly; SameSite=Lax; Max-Age=600\(secure)"
        response.headers[.cacheControl] = "no-store"
    }

    /// The secret that a request brings; nil if it brings none.
    func secret(of request: Request) -> String? {
        for header in request.headers[values: .cookie] {
            for pair in header.split(separator: ";") {
                let parts = pair.split(separator: "=", maxSplits: 1)
                if parts.count == 2, parts[0].filter({ $0 != " " }) == name {
                    return parts[1].trimmingCharacters(in: .whitespaces)
                }
            }
        }
        return nil
    }

    /// Throws if a page of another site makes a browser send the request: where a cookie says who asks, the origin must
    /// say that it is meant.
    func requireOwnOrigin(_ request: Request) throws(Problem) {
        if let origin = request.headers[.origin], origin != self.origin { throw .foreignOrigin }
        if let site = HTTPField.Name("Sec-Fetch-Site").flatMap({ request.headers[$0] }),
            site != "same-origin", site != "none"
        {
            throw .foreignOrigin
        }
    }
}

extension Problem {
    static let foreignOrigin = Problem(
        status: .forbidden, code: "foreign_origin",
        detail: "a page of another site may not do this in somebody's name")
    static let noSignIn = Problem(
        status: .unauthorized, code: "sign_in_required",
        detail: "no sign-in is under way: begin one at /v1/sign-in")
}

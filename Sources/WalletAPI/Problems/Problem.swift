internal import Hummingbird
internal import People
internal import PersonalWallets
internal import Wallet

/// Why a request is not answered as asked, as it is told to the client (RFC 9457). The `code` is stable: programs
/// may rely on it; `detail` is for people.
struct Problem: Error, Sendable, Equatable {
    var status: HTTPResponse.Status
    var code: String
    var detail: String
    /// Path of the field in the body, or name of the parameter or header, that is to blame.
    var field: String?
    var headers: HTTPFields = [:]

    /// The media type of RFC 9457.
    static let mediaType = "application/problem+json"

    /// Bad input: 400.
    static func bad(_ code: String, _ detail: String, field: String? = nil) -> Problem {
        Problem(status: .badRequest, code: code, detail: detail, field: field)
    }

    static func wrongType(_ field: String, found: JSONValue, expected: String) -> Problem {
        let place = field.isEmpty ? "the body" : field
        return .bad(
            "wrong_type", "\(place) must be \(expected), not \(found.typeName)",
            field: field.isEmpty ? nil : field)
    }

    static func unknownField(_ field: String, known: [String]) -> Problem {
        .bad(
            "unknown_field",
            known.isEmpty
                ? "there is no field \(field): this body has none"
                : "there is no field \(field): known here are \(known.joined(separator: ", "))",
            field: field)
    }

    init(
        status: HTTPResponse.Status, code: String, detail: String, field: String? = nil,
        headers: HTTPFields = [:]
    ) {
        self.status = status
        self.code = code
        self.detail = detail
        self.field = field
        self.headers = headers
    }

    /// What is told of a refusal; nil for what is none.
    init?(refusing error: any Error) {
        switch error {
        case let problem as Problem: self = problem
        case let error as WalletError: self.init(error)
        case let error as PersonalWalletError: self.init(error)
        case let error as PeopleError: self.init(error)
        case is TokenRefusal: self = .unknownToken
        default: return nil
        }
    }

    init(_ error: JSONSyntaxError) {
        self = .bad(
            "malformed_json",
            "the body is not JSON: \(error.expected) expected at byte \(error.offset)")
    }

    /// What tells of it.
    var body: JSONWriter {
        var writer = JSONWriter(capacity: 256)
        writer.object { writer in
            writer.member("type", "urn:holdfast:problem:\(code)")
            writer.member("title", title)
            writer.member("status", Int64(status.code))
            writer.member("detail", detail)
            writer.member("code", code)
            if let field { writer.member("field", field) }
        }
        return writer
    }

    /// The response that tells of it.
    var response: Response {
        var response = Response.json(body, status: status, mediaType: Self.mediaType)
        response.headers.append(contentsOf: headers)
        return response
    }

    /// The code in words: the same for every problem of the code.
    private var title: String {
        let words = code.replacing("_", with: " ")
        return words.prefix(1).uppercased() + words.dropFirst()
    }
}

extension Problem {
    static let missingKey = Problem(
        status: .unauthorized, code: "unauthorized",
        detail: "a bearer key is needed: Authorization: Bearer <key>",
        headers: [.wwwAuthenticate: "Bearer"])
    static let unknownKey = Problem(
        status: .unauthorized, code: "unauthorized", detail: "the bearer key is not known",
        headers: [.wwwAuthenticate: "Bearer error=\"invalid_token\""])
    static let notFound = Problem(
        status: .notFound, code: "not_found",
        detail: "there is nothing at this path; see /openapi.json")
    static func tooLarge(_ maximumBytes: Int) -> Problem {
        Problem(
            status: .contentTooLarge, code: "body_too_large",
            detail: "the body has more than \(maximumBytes) bytes")
    }
    static let internalError = Problem(
        status: .internalServerError, code: "internal_error",
        detail:
            "the request could not be carried out; with the same Idempotency-Key it is safe to ask again"
    )

    static func methodNotAllowed(_ allowed: [String]) -> Problem {
        let methods = allowed.joined(separator: ", ")
        return Problem(
            status: .methodNotAllowed, code: "method_not_allowed",
            detail: "this path knows only \(methods)", headers: [.allow: methods])
    }
}

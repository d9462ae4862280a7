internal import HTTPTypes
internal import Hummingbird
internal import Ledger
internal import NIOCore
internal import Wallet

/// A request that changes something: its body, and the key under which it is carried out once.
struct Submission: Sendable {
    /// Larger bodies are refused unread.
    static let maximumBytes = 64 * 1_024

    /// An empty body counts as an empty object.
    let body: JSONValue
    let key: IdempotencyKey?

    init(_ request: Request, _ context: APIContext) async throws {
        let bytes = try await Self.bytes(of: request)
        key = try Self.key(of: request, context, bytes)
        guard !bytes.isEmpty else {
            body = .object([])
            return
        }
        do throws(JSONSyntaxError) { body = try JSONParser.parse(bytes) } catch {
            throw Problem(error)
        }
    }

    /// The body, if it is no larger than it may be.
    static func bytes(
        of request: Request, upTo maximumBytes: Int = Submission.maximumBytes
    ) async throws -> [UInt8] {
        if let length = request.headers[.contentLength].flatMap(Int.init), length > maximumBytes {
            throw Problem.tooLarge(maximumBytes)
        }
        do {
            return Array(try await request.body.collect(upTo: maximumBytes).readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem.tooLarge(maximumBytes)
        }
    }

    /// draft-ietf-httpapi-idempotency-key-header: the key is the client's; what it stands for is this very request.
    private static func key(
        of request: Request, _ context: APIContext, _ bytes: [UInt8]
    ) throws(Problem) -> IdempotencyKey? {
        guard let name = HTTPField.Name("Idempotency-Key"), let text = request.headers[name] else {
            return nil
        }
        guard (1...255).contains(text.utf8.count),
            text.utf8.allSatisfy({ $0 > 0x20 && $0 < 0x7f })
        else {
            throw .bad(
                "invalid_idempotency_key",
                "an Idempotency-Key has 1 to 255 visible ASCII characters",
                field: "Idempotency-Key")
        }
        return IdempotencyKey(
            scope: context.actor, key: text, method: request.method.rawValue,
            path: request.head.path ?? "", body: bytes)
    }
}

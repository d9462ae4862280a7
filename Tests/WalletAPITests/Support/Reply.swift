import HTTPTypes
import Hummingbird
import NIOCore
import Synchronization

@testable import WalletAPI

/// An answer of the API.
struct Reply: Sendable {
    var status: Int
    var headers: HTTPFields
    var bytes: [UInt8]

    var text: String { String(decoding: bytes, as: UTF8.self) }
    /// The body; null if it is not JSON.
    var json: JSONValue { (try? JSONParser.parse(bytes)) ?? .null }
    subscript(_ name: String) -> JSONValue { json[name] }
    var code: String? { json["code"].text }
}

extension JSONValue {
    subscript(_ name: String) -> JSONValue {
        guard case .object(let members) = self else { return .null }
        return members.first { $0.name == name }?.value ?? .null
    }
    subscript(_ index: Int) -> JSONValue {
        guard case .array(let elements) = self, elements.indices.contains(index) else {
            return .null
        }
        return elements[index]
    }
    /// A string's or a number's text.
    var text: String? {
        switch self {
        case .string(let text), .number(let text): text
        default: nil
        }
    }
    var elements: [JSONValue] {
        if case .array(let elements) = self { return elements }
        return []
    }
    var names: [String] {
        if case .object(let members) = self { return members.map(\.name) }
        return []
    }
}

extension HTTPField.Name {
    static let idempotencyKey = HTTPField.Name("Idempotency-Key")!
    static let lastEventID = HTTPField.Name("Last-Event-ID")!
}

/// Keeps what is written; a follower may see it as it comes.
final class BodyCollector: ResponseBodyWriter, Sendable {
    private let written = Mutex<[UInt8]>([])
    private let onWrite: @Sendable (String) -> Void

    init(onWrite: @escaping @Sendable (String) -> Void = { _ in }) { self.onWrite = onWrite }

    var bytes: [UInt8] { written.withLock { $0 } }

    func write(_ buffer: ByteBuffer) async throws {
        written.withLock { $0.append(contentsOf: buffer.readableBytesView) }
        onWrite(String(buffer: buffer))
    }

    func finish(_ trailingHeaders: HTTPFields?) async throws {}
}

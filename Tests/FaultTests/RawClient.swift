import Foundation
import TestSockets

/// One connection to the wallet, blocking, with a limit on everything: what a careful client sees of a service that is
/// killed under it. Connects anew whenever it has to.
final class RawClient {
    struct Answer: Sendable {
        var status: Int
        var body: [UInt8]

        var object: [String: Any] {
            (try? JSONSerialization.jsonObject(with: Data(body))) as? [String: Any] ?? [:]
        }
        subscript(_ name: String) -> String? { object[name] as? String }
        var text: String { String(decoding: body, as: UTF8.self) }
        /// Who decided: `engine` or `fail_policy`.
        var decidedBy: String? {
            (object["decision"] as? [String: Any])?["decided_by"] as? String
        }
        /// An amount of money, as its digits.
        func value(_ name: String) -> String? {
            (object[name] as? [String: Any])?["value"] as? String
        }
        /// The elements of an array of objects.
        func objects(_ name: String) -> [[String: Any]] {
            object[name] as? [[String: Any]] ?? []
        }
    }

    private let port: Int
    private let key: String
    private var socket: StreamSocket?

    init(port: Int, key: String) {
        self.port = port
        self.key = key
    }

    /// Nil if no answer came: whether the request was carried out is not known.
    func send(
        _ method: String, _ path: String, _ body: String = "", key idempotencyKey: String? = nil,
        seconds: Int = 10
    ) -> Answer? {
        guard begin(method, path, body, key: idempotencyKey) else { return nil }
        return finish(seconds: seconds)
    }

    /// Sends a request without waiting for its answer. Returns whether it went out.
    func begin(
        _ method: String, _ path: String, _ body: String = "", key idempotencyKey: String? = nil
    ) -> Bool {
        if socket == nil { socket = try? StreamSocket(port: port) }
        var text =
            "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(key)\r\n"
        if let idempotencyKey { text += "Idempotency-Key: \(idempotencyKey)\r\n" }
        text += "Content-Length: \(body.utf8.count)\r\n\r\n" + body
        guard let socket, socket.send(Array(text.utf8)) else {
            self.socket = nil
            return false
        }
        return true
    }

    /// Waits for the answer to what was sent.
    func finish(seconds: Int = 10) -> Answer? {
        socket?.setReceiveTimeout(seconds: seconds)
        let answer = receive()
        if answer == nil { socket = nil }
        return answer
    }

    private func receive() -> Answer? {
        var seen: [UInt8] = []
        while let chunk = socket?.receive() {
            seen += chunk
            guard let end = Self.headEnd(seen) else { continue }
            let head = String(decoding: seen[..<end], as: UTF8.self).lowercased()
            let status = Int(head.dropFirst(9).prefix(3)) ?? 0
            let length =
                head.split(separator: "\r\n").first { $0.hasPrefix("content-length:") }
                .flatMap { Int($0.dropFirst(15).trimmingCharacters(in: .whitespaces)) } ?? 0
            if seen.count >= end + 4 + length {
                return Answer(status: status, body: Array(seen[(end + 4)..<(end + 4 + length)]))
            }
        }
        return nil
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        let mark: [UInt8] = [13, 10, 13, 10]
        return bytes.indices.dropLast(3).first { Array(bytes[$0..<($0 + 4)]) == mark }
    }
}

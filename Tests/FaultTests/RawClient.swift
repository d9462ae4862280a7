import Foundation

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
    }

    private let port: Int
    private let key: String
    private var descriptor: Int32 = -1

    init(port: Int, key: String) {
        self.port = port
        self.key = key
    }

    deinit { disconnect() }

    /// Nil if no answer came: whether the request was carried out is not known.
    func send(
        _ method: String, _ path: String, _ body: String = "", key idempotencyKey: String? = nil,
        seconds: Int = 10
    ) -> Answer? {
        guard descriptor >= 0 || connect() else { return nil }
        var time = timeval(tv_sec: seconds, tv_usec: 0)
        let size = socklen_t(MemoryLayout<timeval>.size)
        setsockopt(descriptor, SOL_SOCKET, SO_RCVTIMEO, &time, size)
        var text =
            "\(method) \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(key)\r\n"
        if let idempotencyKey { text += "Idempotency-Key: \(idempotencyKey)\r\n" }
        text += "Content-Length: \(body.utf8.count)\r\n\r\n" + body
        let bytes = Array(text.utf8)
        guard Glibc.send(descriptor, bytes, bytes.count, Int32(MSG_NOSIGNAL)) == bytes.count,
            let answer = receive()
        else {
            disconnect()
            return nil
        }
        return answer
    }

    private func receive() -> Answer? {
        var seen: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 16_384)
        while true {
            let count = recv(descriptor, &chunk, chunk.count, 0)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return nil }
            seen += chunk[..<count]
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
    }

    private static func headEnd(_ bytes: [UInt8]) -> Int? {
        let mark: [UInt8] = [13, 10, 13, 10]
        return bytes.indices.dropLast(3).first { Array(bytes[$0..<($0 + 4)]) == mark }
    }

    private func connect() -> Bool {
        descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue) | Int32(SOCK_CLOEXEC.rawValue), 0)
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_port = UInt16(port).bigEndian
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                Glibc.connect(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        if status != 0 { disconnect() }
        return status == 0
    }

    private func disconnect() {
        if descriptor >= 0 { close(descriptor) }
        descriptor = -1
    }
}

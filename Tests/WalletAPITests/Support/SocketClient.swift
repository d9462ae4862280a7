import Foundation
import TestSockets

/// A connection to the live server, on threads of its own so that waiting blocks no task.
final class SocketClient: Sendable {
    private let socket: StreamSocket

    init(port: Int) throws(StreamSocket.ConnectFailed) {
        socket = try StreamSocket(port: port)
        socket.setReceiveTimeout(seconds: 10)
    }

    func send(_ text: String) { socket.send(Array(text.utf8)) }

    func send(_ bytes: [UInt8]) { socket.send(bytes) }

    func get(_ path: String, _ headers: String...) {
        send(
            "GET \(path) HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer \(TestAPI.key)\r\n"
                + headers.map { $0 + "\r\n" }.joined() + "\r\n")
    }

    /// Reads until the text was seen; nil also waits for the end. Returns all that was read.
    func read(until text: String?) async -> String {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { [socket] in
                var seen: [UInt8] = []
                while let chunk = socket.receive() {
                    seen += chunk
                    if let text, String(decoding: seen, as: UTF8.self).contains(text) { break }
                }
                continuation.resume(returning: String(decoding: seen, as: UTF8.self))
            }
        }
    }
}

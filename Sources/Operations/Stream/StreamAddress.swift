/// Where a postings stream is served or found: `ipc://PATH` on one machine, `tcp://HOST:PORT` between machines.
public struct StreamAddress: Sendable, Equatable {
    /// As libzmq takes it.
    public let text: String
    /// Whether whoever connects must show a key (CURVE, RFC 26).
    public let needsKeys: Bool

    /// Reads an address.
    ///
    /// - Throws: ``OperationError`` that says what an address looks like.
    public init(_ text: String) throws(OperationError) {
        let expected = "give ipc://PATH with an absolute path, or tcp://HOST:PORT"
        if text.hasPrefix("ipc://") {
            let path = text.dropFirst("ipc://".count)
            guard path.hasPrefix("/"), path.utf8.count > 1 else {
                throw OperationError("\(text) names no absolute path: \(expected)")
            }
            // The system's limit for a socket's path, less the null at its end.
            guard path.utf8.count <= 107 else {
                throw OperationError("\(text) is too long: a socket's path has at most 107 bytes")
            }
            needsKeys = false
        } else if text.hasPrefix("tcp://") {
            let parts = text.dropFirst("tcp://".count)
                .split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, !parts[0].isEmpty, let port = UInt16(parts[1]), port > 0 else {
                throw OperationError(
                    "\(text) has no host or no port from 1 to 65535: \(expected)")
            }
            needsKeys = true
        } else {
            throw OperationError("\(text) is no address of a stream: \(expected)")
        }
        self.text = text
    }
}

internal import Foundation

/// A TCP port of this machine's loopback address.
enum LocalPort {
    /// Whether a server could listen at it now.
    static func isFree(_ port: Int) -> Bool {
        bound(port) { _ in } != nil || errno != EADDRINUSE
    }

    /// One that no server listens at now; nil if none can be had.
    static func anyFree() -> Int? {
        bound(0) { descriptor -> Int? in
            var address = sockaddr_in()
            var size = socklen_t(MemoryLayout<sockaddr_in>.size)
            let status = withUnsafeMutablePointer(to: &address) { pointer in
                pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                    getsockname(descriptor, $0, &size)
                }
            }
            return status == 0 ? Int(UInt16(bigEndian: address.sin_port)) : nil
        } ?? nil
    }

    /// What `body` says of a socket that is bound to a port; nil, and `errno`, if none can be.
    private static func bound<Value>(_ port: Int, _ body: (Int32) -> Value) -> Value? {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        guard descriptor >= 0 else { return nil }
        defer { close(descriptor) }
        // Connections that are still ending do not hinder a server either.
        var yes: Int32 = 1
        setsockopt(descriptor, SOL_SOCKET, SO_REUSEADDR, &yes, socklen_t(MemoryLayout<Int32>.size))
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        address.sin_port = in_port_t(UInt16(clamping: port).bigEndian)
        let status = withUnsafePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, socklen_t(MemoryLayout<sockaddr_in>.size))
            }
        }
        return status == 0 ? body(descriptor) : nil
    }
}

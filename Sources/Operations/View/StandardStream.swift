internal import Foundation

/// Standard output and standard error, which may be closed on the other side at any time.
enum StandardStream: Int32, Sendable {
    case output = 1
    case error = 2

    /// Writes all of a text. Returns false if nobody reads it any more.
    @discardableResult
    func write(_ text: String) -> Bool {
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes {
                Foundation.write(rawValue, $0.baseAddress, $0.count)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { return false }
            rest = rest.dropFirst(count)
        }
        return true
    }
}

/// Why bearer keys could not be had from a file.
public struct APIKeysError: Error, Sendable, Equatable, CustomStringConvertible {
    enum Reason: Sendable, Equatable {
        case readableByOthers(mode: UInt32)
        case unreadable(String)
        case malformed(line: Int, String)
        case empty
    }
    /// The file.
    public let path: String
    let reason: Reason

    /// A sentence that says what to do.
    public var description: String {
        switch reason {
        case .readableByOthers(let mode):
            "\(path) holds secrets but others may read it (mode \(String(mode, radix: 8))): chmod 600 it"
        case .unreadable(let cause): "\(path) cannot be read or made: \(cause)"
        case .malformed(let line, let cause): "\(path), line \(line): \(cause)"
        case .empty: "\(path) has no key: delete it to have one made, or add a line `name key`"
        }
    }
}

internal import Foundation
internal import Logging
internal import Synchronization

/// A value that is read from files, and read again when they change. What cannot be read changes nothing: the value stays
/// what it was, and the log says once why.
final class WatchedFiles<Value: Sendable>: Sendable {
    /// What the files looked like when they were read.
    private struct Mark: Equatable, Sendable {
        var path: String
        var size: UInt64
        var modifiedAt: Date
        var inode: UInt64
    }
    private struct State: Sendable {
        var value: Value?
        var marks: [Mark] = []
    }
    typealias Text = (path: String, text: String)

    private let state: Mutex<State>
    private let paths: @Sendable () -> [String]
    private let read: @Sendable ([Text]) throws(PricingError) -> Value
    private let logger: Logger

    /// Reads now. Without any file there is no value.
    init(
        logger: Logger, paths: @escaping @Sendable () -> [String],
        read: @escaping @Sendable ([Text]) throws(PricingError) -> Value
    ) throws(PricingError) {
        self.paths = paths
        self.read = read
        self.logger = logger
        let marks = Self.marks(of: paths())
        let value = try Self.value(of: marks, read)
        state = Mutex(State(value: value, marks: marks))
    }

    /// The newest that could be read; nil if there never was a file.
    var value: Value? { state.withLock { $0.value } }

    /// Reads again if the files are others. Called every second.
    func look() {
        let marks = Self.marks(of: paths())
        guard state.withLock({ $0.marks != marks }) else { return }
        do throws(PricingError) {
            let value = try Self.value(of: marks, read)
            state.withLock { state in
                state.marks = marks
                // Files that are gone leave what they said.
                if let value { state.value = value }
            }
            logger.notice("prices were read again", metadata: ["files": "\(marks.map(\.path))"])
        } catch {
            state.withLock { $0.marks = marks }
            logger.error("prices stay as they were", metadata: ["error": "\(error)"])
        }
    }

    private static func value(
        of marks: [Mark], _ read: ([Text]) throws(PricingError) -> Value
    ) throws(PricingError) -> Value? {
        if marks.isEmpty { return nil }
        var texts: [Text] = []
        for mark in marks {
            guard let data = FileManager.default.contents(atPath: mark.path),
                let text = String(data: data, encoding: .utf8)
            else { throw .file(path: mark.path, cause: "it cannot be read, or is not UTF-8") }
            texts.append((mark.path, text))
        }
        return try read(texts)
    }

    private static func marks(of paths: [String]) -> [Mark] {
        paths.compactMap { path in
            guard let facts = try? FileManager.default.attributesOfItem(atPath: path) else {
                return nil
            }
            return Mark(
                path: path, size: facts[.size] as? UInt64 ?? 0,
                modifiedAt: facts[.modificationDate] as? Date ?? .distantPast,
                inode: (facts[.systemFileNumber] as? NSNumber)?.uint64Value ?? 0)
        }
    }
}

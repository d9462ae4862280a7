public import Logging
import Synchronization

/// Keeps all that is logged, on every level and with all metadata, so that a test can look at it.
public final class LoggedLines: Sendable {
    private let kept = Mutex<[String]>([])

    /// Nothing yet.
    public init() {}

    /// What was logged until now.
    public var lines: [String] { kept.withLock { $0 } }

    /// A logger whose lines are kept.
    public func logger(_ label: String = "test") -> Logger {
        Logger(label: label) { _ in Handler(kept: self) }
    }

    private func keep(_ line: String) { kept.withLock { $0.append(line) } }

    private struct Handler: LogHandler {
        let kept: LoggedLines
        var metadata: Logger.Metadata = [:]
        var metadataProvider: Logger.MetadataProvider?
        var logLevel: Logger.Level = .trace

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let provided = metadataProvider?.get() ?? [:]
            let all = metadata.merging(provided) { $1 }.merging(event.metadata ?? [:]) { $1 }
            let pairs = all.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
            let error = event.error.map { " error=\($0)" } ?? ""
            kept.keep("\(event.level) \(event.message) \(pairs.joined(separator: " "))\(error)")
        }
    }
}

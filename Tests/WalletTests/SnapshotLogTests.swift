import Foundation
import Logging
import RiskEngine
import Scoring
import Synchronization
import Testing

/// An engine's snapshot without the file that says of which log it is.
@Suite struct SnapshotLogTests {
    /// Keeps what an engine warns of.
    private final class Warnings: LogHandler, Sendable {
        private let texts = Mutex<[String]>([])
        var metadata: Logger.Metadata {
            get { [:] }
            set {}
        }
        var logLevel: Logger.Level {
            get { .warning }
            set {}
        }
        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { nil }
            set {}
        }
        func log(event: LogEvent) {
            let error = event.metadata?["error"].map { ": \($0)" } ?? ""
            texts.withLock { $0.append("\(event.message)\(error)") }
        }
        var all: [String] { texts.withLock { $0 } }
    }

    @Test(arguments: [false, true])
    func `a snapshot whose log is missing or unreadable is left, and the path is named`(
        isThere: Bool
    ) throws {
        let path =
            NSTemporaryDirectory() + "holdfast-\(UInt64.random(in: 0...UInt64.max)).snapshot"
        defer {
            try? FileManager.default.removeItem(atPath: path)
            try? FileManager.default.removeItem(atPath: path + ".log")
        }
        try Data("any".utf8).write(to: URL(fileURLWithPath: path))
        if isThere {
            try "no log".write(toFile: path + ".log", atomically: true, encoding: .utf8)
        }
        let warnings = Warnings()
        let service = EngineService(
            EngineService.Settings(
                model: try RiskModel.load(path: WalletFixture.modelPath), snapshotPath: path),
            address: "ipc://\(path).stream", logger: Logger(label: "engine") { _ in warnings })
        // Stopped before it runs, it looks for its snapshot and ends.
        service.stopper()
        try service.run()
        let found = warnings.all
        #expect(found.count == 1 && found.first?.contains(path + ".log") == true, "\(found)")
    }
}

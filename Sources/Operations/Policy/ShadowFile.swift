internal import Cryptography
internal import EventLog
internal import Foundation
public import Logging
internal import RiskEngine
internal import Synchronization

/// What challengers said beside the champion, as a table: `transfer,sequence,challenger,score,action,challenger_score,
/// challenger_action`. One that grew beyond 64 MiB is put aside as `….1`, in the place of the one before.
///
/// A line may come twice, as decisions do after a reconnect; the file is no part of the ledger and may be deleted.
public final class ShadowFile: Sendable {
    private static let limit: UInt64 = 64 << 20
    static let header =
        "transfer,sequence,challenger,score,action,challenger_score,challenger_action\n"

    private let path: String
    private let logger: Logger
    private let hasFailed = Mutex(false)

    /// A table at `path`, which is made when there is something to write.
    public init(_ path: String, logger: Logger) {
        self.path = path
        self.logger = logger
    }

    func append(_ scores: [ShadowScore]) {
        var text = ""
        for score in scores {
            text += "\(score.transfer),\(score.sequence.rawValue)"
            text += ",\(Hexadecimal.encode(score.challenger)),\(score.score),\(score.action)"
            text += ",\(score.challengerScore),\(score.challengerAction)\n"
        }
        do { try write(Array(text.utf8)) } catch {
            // Said once: deciding does not depend on it.
            let isNew = hasFailed.withLock { failed in
                defer { failed = true }
                return !failed
            }
            if isNew {
                logger.warning(
                    "what the challenger says is not kept",
                    metadata: ["path": "\(path)", "error": "\(error)"])
            }
        }
    }

    private func write(_ bytes: [UInt8]) throws {
        let files = FileManager.default
        if !files.fileExists(atPath: path) {
            try Data(Self.header.utf8).write(to: URL(fileURLWithPath: path))
        }
        let file = try FileHandle(forWritingTo: URL(fileURLWithPath: path))
        let size = try file.seekToEnd()
        try file.write(contentsOf: bytes)
        try file.close()
        guard size > Self.limit else { return }
        try? files.removeItem(atPath: path + ".1")
        try files.moveItem(atPath: path, toPath: path + ".1")
    }
}

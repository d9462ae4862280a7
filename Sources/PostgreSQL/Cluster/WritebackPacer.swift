internal import CProcess
internal import Foundation

/// Has the kernel write what a cluster's tables grow by every second, instead of all of it at once.
///
/// PostgreSQL tells the kernel to begin writing the pages that it writes out, but not those by which it makes a table
/// longer: these stay in the page cache until they are 30 s old (vm.dirty_expire_centisecs), and then go out together. A
/// commit that waits for its write-ahead log waits behind them: half a second on a disk of 200 MB/s. To begin earlier
/// changes nothing about what is durable, or when.
public final class WritebackPacer: Sendable {
    private let ending = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    /// Paces a cluster until ``stop()``, on a thread of its own. A cluster that does not run costs nothing.
    public init(_ cluster: PrivateCluster) {
        let folder = cluster.folder + "/data/base"
        let thread = Thread { [self] in
            var growth = TableGrowth(folder: folder)
            while ending.wait(timeout: .now() + .seconds(1)) == .timedOut { growth.writeBack() }
            ended.signal()
        }
        thread.name = "writeback"
        thread.start()
    }

    /// Ends the thread. To be called once.
    public func stop() {
        ending.signal()
        ended.wait()
    }
}

/// How long the files of all databases were when they were last looked at.
private struct TableGrowth {
    let folder: String
    private var sizes: [String: Int64] = [:]

    init(folder: String) { self.folder = folder }

    /// Begins to write what came since the last time; does not wait for it.
    mutating func writeBack() {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: folder)) ?? []
        var seen: [String: Int64] = [:]
        for database in names {
            let path = folder + "/" + database
            for file in (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? [] {
                var status = stat()
                let name = path + "/" + file
                guard stat(name, &status) == 0, status.st_mode & S_IFMT == S_IFREG else { continue }
                let size = Int64(status.st_size)
                seen[name] = size
                if let before = sizes[name], before < size { Self.begin(name, before..<size) }
            }
        }
        sizes = seen
    }

    private static func begin(_ path: String, _ range: Range<Int64>) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { return }
        defer { close(descriptor) }
        // 2: SYNC_FILE_RANGE_WRITE. What fails here is written later, as without it.
        _ = sync_file_range(descriptor, range.lowerBound, Int64(range.count), 2)
    }
}

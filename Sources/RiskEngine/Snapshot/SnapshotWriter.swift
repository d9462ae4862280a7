internal import Cryptography
internal import Dispatch
internal import Features
internal import Synchronization

/// Writes a snapshot's bytes out on a thread of its own, so that the engine only ever copies memory.
final class SnapshotWriter: Sendable {
    let path: String
    /// The sequence that the snapshot is of.
    let sequence: Int64
    private let queue = DispatchQueue(label: "holdfast.snapshot")
    private let output: Mutex<Output>
    /// Apart from the output, whose lock is held while bytes are written: the engine never waits for the disk.
    private let result = Mutex<Result<Void, SnapshotError>?>(nil)
    private let waiting = Atomic<Int>(0)

    private struct Output: ~Copyable {
        var file: SnapshotFile?
        var hash = SHA256()
    }

    /// Bytes handed over and not yet written beyond which the engine stops saving pages that nobody changes.
    static let backlogLimit = 32 << 20

    init(path: String, sequence: Int64) throws(SnapshotError) {
        self.path = path
        self.sequence = sequence
        let file = try SnapshotFile(creating: path)
        output = Mutex(Output(file: file))
    }

    var isBehind: Bool { waiting.load(ordering: .relaxed) > Self.backlogLimit }

    /// How it ended; nil while it goes on.
    var outcome: Result<Void, SnapshotError>? { result.withLock { $0 } }

    func write(header: SnapshotHeader) { enqueue(header.encoded(), []) }

    /// Pages of one region.
    func write(region: Int, _ copies: PageCopies) {
        var start = 0
        while start < copies.pages.count {
            let end = min(start + SnapshotHeader.maximumChunkPages, copies.pages.count)
            var prefix: [UInt8] = []
            prefix.append(integer: UInt32(region))
            prefix.append(integer: UInt32(end - start))
            for page in copies.pages[start..<end] { prefix.append(integer: page) }
            enqueue(prefix, copies.bytes[start * Region.pageBytes..<end * Region.pageBytes])
            start = end
        }
    }

    /// The last page was handed over: checksum, flush, rename.
    func finish() {
        queue.async { [self] in
            output.withLock { output in
                guard output.file != nil else { return }
                do throws(SnapshotError) {
                    var mark: [UInt8] = []
                    mark.append(integer: SnapshotHeader.endMark)
                    try Self.put(&output, mark[...])
                    var hash = SHA256()
                    swap(&hash, &output.hash)
                    let digest = hash.finalize().bytes
                    try output.file?.write(digest[...])
                    try output.file?.commit()
                    result.withLock { $0 = .success(()) }
                } catch {
                    result.withLock { $0 = .failure(error) }
                }
                output.file = nil
            }
        }
    }

    /// Gives the snapshot up: once this returns its file does not appear any more, unless it is there already.
    func cancel() { output.withLock { $0.file = nil } }

    private func enqueue(_ prefix: [UInt8], _ bytes: ArraySlice<UInt8>) {
        let count = prefix.count + bytes.count
        waiting.add(count, ordering: .relaxed)
        queue.async { [self] in
            output.withLock { output in
                defer { waiting.subtract(count, ordering: .relaxed) }
                guard output.file != nil else { return }
                do throws(SnapshotError) {
                    try Self.put(&output, prefix[...])
                    try Self.put(&output, bytes)
                } catch {
                    result.withLock { $0 = .failure(error) }
                    output.file = nil
                }
            }
        }
    }

    private static func put(_ output: inout Output, _ bytes: ArraySlice<UInt8>)
        throws(SnapshotError)
    {
        guard !bytes.isEmpty else { return }
        bytes.withUnsafeBytes { output.hash.update($0) }
        try output.file?.write(bytes)
    }
}

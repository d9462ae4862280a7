internal import Cryptography
internal import EventLog
internal import Features
public import Scoring

extension Engine {
    /// The engine as it was when the snapshot at `path` was taken; it replays until it is told to go live.
    ///
    /// - Throws: ``SnapshotError`` naming the path and what is wrong; the caller then replays from the first event.
    public static func restore(
        path: String, model: RiskModel, configuration: EngineConfiguration,
        modelFor: @escaping @Sendable ([UInt8]) -> RiskModel? = { _ in nil }
    ) throws(SnapshotError) -> Engine {
        let input = try SnapshotInput(path: path)
        var hash = SHA256()
        let header = try readHeader(input, path: path, hash: &hash)
        guard header.catalogueHash == configuration.catalogueHash else {
            throw SnapshotError(path, .foreignCatalogue)
        }
        guard header.build == configuration.build else {
            throw SnapshotError(path, .foreignBuild(header.build))
        }
        guard header.logID == configuration.logID else {
            throw SnapshotError(path, .foreignLog(header.logID))
        }
        var engine: Engine
        do {
            engine = try Engine(model: model, configuration: configuration, modelFor: modelFor)
        } catch {
            throw SnapshotError(path, .unusableModel(error.description))
        }
        var words = WordReader(header.words)
        guard engine.features.restore(&words), engine.pending.restore(&words),
            engine.lists.restore(&words), engine.policies.restore(&words), words.isAtEnd
        else {
            throw SnapshotError(path, .foreignCapacity)
        }
        try engine.readPages(input, path: path, hash: &hash)
        let expected = hash.finalize().bytes
        guard try input.read(expected.count) == expected else {
            throw SnapshotError(path, .corrupt("its checksum differs"))
        }
        engine.sequence = Sequence(header.sequence)
        engine.runningHash = RunningHash(header.runningHash)
        engine.currentEpoch = header.epoch
        return engine
    }

    private static func readHeader(
        _ input: borrowing SnapshotInput, path: String, hash: inout SHA256
    ) throws(SnapshotError) -> SnapshotHeader {
        let start = try input.read(SnapshotHeader.magic.count + 8)
        hash.update(start)
        guard Array(start.prefix(SnapshotHeader.magic.count)) == SnapshotHeader.magic else {
            throw SnapshotError(path, .truncated)
        }
        var reader = ByteReader(Array(start.dropFirst(SnapshotHeader.magic.count)))
        guard let version: UInt32 = reader.integer(), let length: UInt32 = reader.integer() else {
            throw SnapshotError(path, .truncated)
        }
        guard version == SnapshotHeader.version else {
            throw SnapshotError(path, .foreignVersion(version))
        }
        guard Int(length) <= SnapshotHeader.maximumLength else {
            throw SnapshotError(path, .corrupt("its header is too long"))
        }
        guard Int(length) <= input.size() else { throw SnapshotError(path, .truncated) }
        let body = try input.read(Int(length))
        hash.update(body)
        guard let header = SnapshotHeader(body: body) else {
            throw SnapshotError(path, .corrupt("its header is malformed"))
        }
        return header
    }

    /// All chunks up to the end mark.
    private mutating func readPages(
        _ input: borrowing SnapshotInput, path: String, hash: inout SHA256
    ) throws(SnapshotError) {
        while true {
            let mark = try input.read(4)
            hash.update(mark)
            var reader = ByteReader(mark)
            guard let region: UInt32 = reader.integer(), region != SnapshotHeader.endMark else {
                return
            }
            let countBytes = try input.read(4)
            hash.update(countBytes)
            reader = ByteReader(countBytes)
            guard region < UInt32(Self.regionCount), let count: UInt32 = reader.integer(),
                count > 0, Int(count) <= SnapshotHeader.maximumChunkPages
            else { throw SnapshotError(path, .corrupt("a chunk is malformed")) }
            let pages = try input.read(Int(count) * 4)
            hash.update(pages)
            let bytes = try input.read(Int(count) * Region.pageBytes)
            hash.update(bytes)
            guard put(region: Int(region), pages: pages, bytes: bytes) else {
                throw SnapshotError(path, .corrupt("a page is out of range"))
            }
        }
    }

    private mutating func put(region: Int, pages: [UInt8], bytes: [UInt8]) -> Bool {
        var reader = ByteReader(pages)
        return withRegion(region) { region in
            bytes.withUnsafeBytes { raw in
                for index in 0..<pages.count / 4 {
                    let start = index * Region.pageBytes
                    let slice = UnsafeRawBufferPointer(
                        rebasing: raw[start..<start + Region.pageBytes])
                    guard let page: UInt32 = reader.integer(),
                        region.restore(page: Int(page), from: slice)
                    else { return false }
                }
                return true
            }
        }
    }
}

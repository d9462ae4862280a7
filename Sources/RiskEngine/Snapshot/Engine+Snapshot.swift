public import EventLog
internal import Features

/// How far a snapshot has come.
public enum SnapshotProgress: Sendable, Equatable {
    /// None is being taken.
    case idle
    /// Pages are still being copied: call again between batches.
    case copying
    /// All is copied; the file is being written.
    case writing
    /// The file is durable and has its name.
    case done(Sequence)
    case failed(SnapshotError)
}

extension Engine {
    /// Regions of the features, then those of the pending decisions.
    static var regionCount: Int { FeatureState.regionCount + PendingDecisions.regionCount }

    /// Gives a snapshot up that is being written.
    public mutating func cancelSnapshot() {
        snapshot?.cancel()
        snapshot = nil
        isCopying = false
    }

    /// Begins a snapshot of the state as it is now. The engine goes on; a page is copied before its first
    /// change, the others by ``continueSnapshot(pageLimit:)``.
    public mutating func beginSnapshot(path: String) throws(SnapshotError) {
        guard snapshot == nil else { throw SnapshotError(path, .inProgress) }
        let writer = try SnapshotWriter(path: path, sequence: sequence.rawValue)
        writer.write(
            header: SnapshotHeader(
                build: configuration.build, catalogueHash: configuration.catalogueHash,
                logID: configuration.logID, sequence: sequence.rawValue,
                runningHash: runningHash.digest, epoch: currentEpoch,
                words: features.words + pending.words + lists.words + policies.words))
        for region in 0..<Self.regionCount {
            let ranges = liveRanges(region)
            withRegion(region) { $0.beginTracking(ranges) }
        }
        snapshot = writer
        isCopying = true
    }

    /// Copies up to `pageLimit` pages of 4 KiB more, to be called between batches: 256 take about a quarter of a
    /// millisecond. Reports the end once; then the next snapshot may begin.
    public mutating func continueSnapshot(pageLimit: Int = 256) -> SnapshotProgress {
        guard let writer = snapshot else { return .idle }
        if let outcome = writer.outcome {
            endTracking()
            snapshot = nil
            switch outcome {
            case .success: return .done(Sequence(writer.sequence))
            case .failure(let error): return .failed(error)
            }
        }
        guard isCopying else { return .writing }
        var left = writer.isBehind ? 0 : pageLimit
        var isComplete = !writer.isBehind
        for region in 0..<Self.regionCount {
            let limit = left
            let (saved, copies) = withRegion(region) { region in
                (region.saveNext(limit), region.takeCopies())
            }
            if !copies.isEmpty { writer.write(region: region, copies) }
            left -= saved
            if left == 0 { isComplete = false }
        }
        guard isComplete else { return .copying }
        endTracking()
        isCopying = false
        writer.finish()
        return .writing
    }

    private mutating func endTracking() {
        for region in 0..<Self.regionCount { withRegion(region) { $0.endTracking() } }
    }

    mutating func withRegion<Result>(_ index: Int, _ body: (inout Region) -> Result) -> Result {
        index < FeatureState.regionCount
            ? features.withRegion(index, body)
            : pending.withRegion(index - FeatureState.regionCount, body)
    }

    private func liveRanges(_ index: Int) -> [Range<Int>] {
        index < FeatureState.regionCount
            ? features.liveRanges(index) : pending.liveRanges(index - FeatureState.regionCount)
    }
}

/// The state as pages and words, for a snapshot.
extension FeatureState {
    /// Number of regions the state lives in.
    package static var regionCount: Int { 12 }

    /// Lends region `index`.
    package mutating func withRegion<Result>(
        _ index: Int, _ body: (inout Region) -> Result
    ) -> Result {
        switch index {
        case 0: log.withRegion(body)
        case 1: body(&payers.region)
        case 2: body(&payerIndex.buckets)
        case 3: body(&payerIndex.overflow)
        case 4: body(&parties.region)
        case 5: body(&partyIndex.buckets)
        case 6: body(&partyIndex.overflow)
        case 7: body(&relations.buckets)
        case 8: body(&relations.overflow)
        case 9: body(&pending.region)
        case 10: body(&pendingIndex.buckets)
        default: body(&pendingIndex.overflow)
        }
    }

    /// The bytes in use of region `index`.
    package func liveRanges(_ index: Int) -> [Range<Int>] {
        switch index {
        case 0: log.liveRanges
        case 1: payers.liveRanges
        case 2: payerIndex.bucketRanges
        case 3: payerIndex.overflowRanges
        case 4: parties.liveRanges
        case 5: partyIndex.bucketRanges
        case 6: partyIndex.overflowRanges
        case 7: relations.bucketRanges
        case 8: relations.overflowRanges
        case 9: pending.liveRanges
        case 10: pendingIndex.bucketRanges
        default: pendingIndex.overflowRanges
        }
    }

    /// What the pages alone do not tell.
    package var words: [UInt64] {
        [UInt64(bitPattern: now)] + log.words + payers.words + payerIndex.words + parties.words
            + partyIndex.words + relations.words + pending.words + pendingIndex.words
    }

    /// Takes over what ``words`` gave, before the pages. False if they cannot be of such a state.
    package mutating func restore(_ words: inout WordReader) -> Bool {
        guard let now = words.next() else { return false }
        self.now = Int64(bitPattern: now)
        return log.restore(&words) && payers.restore(&words) && payerIndex.restore(&words)
            && parties.restore(&words) && partyIndex.restore(&words) && relations.restore(&words)
            && pending.restore(&words) && pendingIndex.restore(&words)
    }
}

/// The state as pages and words, for a snapshot.
extension FeatureState {
    /// Number of regions the state lives in.
    package static var regionCount: Int { ActivityLog.regionCount + 27 }

    /// Lends region `index`.
    package mutating func withRegion<Result>(
        _ index: Int, _ body: (inout Region) -> Result
    ) -> Result {
        switch index {
        case 0: body(&payers.region)
        case 1: body(&payerIndex.buckets)
        case 2: body(&payerIndex.overflow)
        case 3: body(&parties.region)
        case 4: body(&partyIndex.buckets)
        case 5: body(&partyIndex.overflow)
        case 6: body(&relations.buckets)
        case 7: body(&relations.overflow)
        case 8: body(&pending.region)
        case 9: body(&pendingIndex.buckets)
        case 10: body(&pendingIndex.overflow)
        case 11: body(&means.region)
        case 12: body(&meansIndex.buckets)
        case 13: body(&meansIndex.overflow)
        case 14: body(&payees.region)
        case 15: body(&pairDays.region)
        case 16: body(&pairDayIndex.buckets)
        case 17: body(&pairDayIndex.overflow)
        case 18: body(&spots.region)
        case 19: body(&troubles.region)
        case 20: body(&frauds.region)
        case 21: body(&categories.region)
        case 22: body(&payerCategories.buckets)
        case 23: body(&payerCategories.overflow)
        case 24: body(&population.region)
        case 25: body(&fraudIndex.buckets)
        case 26: body(&fraudIndex.overflow)
        default: log.withRegion(index - 27, body)
        }
    }

    /// The bytes in use of region `index`.
    package func liveRanges(_ index: Int) -> [Range<Int>] {
        switch index {
        case 0: payers.liveRanges
        case 1: payerIndex.bucketRanges
        case 2: payerIndex.overflowRanges
        case 3: parties.liveRanges
        case 4: partyIndex.bucketRanges
        case 5: partyIndex.overflowRanges
        case 6: relations.bucketRanges
        case 7: relations.overflowRanges
        case 8: pending.liveRanges
        case 9: pendingIndex.bucketRanges
        case 10: pendingIndex.overflowRanges
        case 11: means.liveRanges
        case 12: meansIndex.bucketRanges
        case 13: meansIndex.overflowRanges
        case 14: payees.liveRanges
        case 15: pairDays.liveRanges
        case 16: pairDayIndex.bucketRanges
        case 17: pairDayIndex.overflowRanges
        case 18: spots.liveRanges
        case 19: troubles.liveRanges
        case 20: frauds.liveRanges
        case 21: categories.liveRanges
        case 22: payerCategories.bucketRanges
        case 23: payerCategories.overflowRanges
        case 24: population.liveRanges
        case 25: fraudIndex.bucketRanges
        case 26: fraudIndex.overflowRanges
        default: log.liveRanges(index - 27)
        }
    }

    /// What the pages alone do not tell.
    package var words: [UInt64] {
        let own = [UInt64(bitPattern: now), UInt64(bitPattern: maturedFrauds)]
        let entities =
            means.words + meansIndex.words + payers.words + payerIndex.words + parties.words
            + partyIndex.words + payees.words + relations.words
        let rare =
            pairDays.words + pairDayIndex.words + spots.words + troubles.words + frauds.words
            + fraudIndex.words
        let others = categories.words + payerCategories.words + population.words
        return own + log.words + entities + rare + others + pending.words + pendingIndex.words
    }

    /// Takes over what ``words`` gave, before the pages. False if they cannot be of such a state.
    package mutating func restore(_ words: inout WordReader) -> Bool {
        guard let now = words.next(), let frauds = words.next() else { return false }
        self.now = Int64(bitPattern: now)
        maturedFrauds = Int64(bitPattern: frauds)
        return log.restore(&words) && means.restore(&words) && meansIndex.restore(&words)
            && payers.restore(&words) && payerIndex.restore(&words) && parties.restore(&words)
            && partyIndex.restore(&words) && payees.restore(&words) && relations.restore(&words)
            && pairDays.restore(&words) && pairDayIndex.restore(&words) && spots.restore(&words)
            && troubles.restore(&words) && self.frauds.restore(&words)
            && fraudIndex.restore(&words)
            && categories.restore(&words) && payerCategories.restore(&words)
            && population.restore(&words) && pending.restore(&words)
            && pendingIndex.restore(&words)
    }
}

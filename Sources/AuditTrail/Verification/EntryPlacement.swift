/// Tells from where entries stand and where they belong what was done to their order. Entries that all moved alike to
/// the end of the log had others removed or put in before them; those that moved while their neighbours did not were
/// exchanged. Keeps at most ``longestPuzzle`` runs, whatever the log's size.
struct EntryPlacement {
    private struct Run {
        var indexes: ClosedRange<Int64>
        /// How much further back in the log they belong.
        var shift: Int64
    }

    private static let longestPuzzle = 64
    /// A run as long as this was not exchanged entry by entry.
    private static let longestExchange = 1_024

    /// By how much all entries are moved that are not said to be in disorder.
    private(set) var shift: Int64 = 0
    private var runs: [Run] = []
    /// By how much the exchanged entries were moved, all together: 0 once each is matched by others.
    private var balance: Int64 = 0

    /// An entry that stands at `index` and was written for `place`.
    mutating func add(index: Int64, place: Int64) -> [AuditFinding] {
        let shift = place - index
        if shift == self.shift { return exchanged() }
        if let last = runs.last, last.shift == shift, last.indexes.upperBound + 1 == index {
            runs[runs.count - 1].indexes = last.indexes.lowerBound...index
            return runs[runs.count - 1].indexes.count > Self.longestExchange ? settle() : []
        }
        let solved = runs.count == Self.longestPuzzle ? exchanged() : []
        runs.append(Run(indexes: index...index, shift: shift))
        return solved
    }

    /// What is left to be told at the log's end.
    mutating func finish() -> [AuditFinding] {
        // The last entry of the log has none after it that could show whether it was exchanged: but then it makes up
        // for those that were found.
        weigh() == 0 ? exchanged() : settle()
    }

    private func weigh() -> Int64 {
        runs.reduce(balance) { $0 + ($1.shift - shift) * Int64($1.indexes.count) }
    }

    /// The runs were exchanged with one another or with others far away.
    private mutating func exchanged() -> [AuditFinding] {
        defer {
            balance = weigh()
            runs = []
        }
        return runs.map { run in
            let place = run.indexes.lowerBound + run.shift
            return AuditFinding(
                .reordered, entries: run.indexes,
                "\(AuditFinding.name(run.indexes)) in the table: written as entry \(place)"
                    + (run.indexes.count > 1 ? " and those after it" : ""))
        }
    }

    /// The last run is no exchange: from there on all entries are moved.
    private mutating func settle() -> [AuditFinding] {
        guard let last = runs.popLast() else { return [] }
        let moved = last.shift - shift
        let start = last.indexes.lowerBound
        let finding: AuditFinding
        if moved > 0 {
            let missing = start + shift...start + last.shift - 1
            finding = AuditFinding(
                .removed, entries: missing,
                "\(AuditFinding.name(missing)): removed, and those after moved up into the gap")
        } else {
            let added = start + moved...start - 1
            finding = AuditFinding(
                .inserted, entries: added,
                "\(AuditFinding.name(added)) in the table: put in, and those after moved down")
        }
        let others = exchanged()
        (shift, balance) = (last.shift, 0)
        return others + [finding]
    }
}

internal import Cryptography

/// What is known of the entries that were read so far, in a state that does not grow with them.
struct EntryWalk {
    private(set) var tree = MerkleTree()
    private(set) var report: AuditReport
    /// Whether entries are missing or in another place, so that the tree says nothing any more.
    private(set) var isDisordered = false
    /// The log's end as it is stored; nil if that is none.
    private let head: AuditHead?
    private var placement = EntryPlacement()
    private var search = PlaceSearch(budget: 1_000_000)
    /// The index that comes next.
    private var expected: Int64 = 0
    private var lastHash: SHA256Digest
    private var lastTimeMicros: Int64 = .min
    /// Whether the last entry can be trusted to be what the next one was chained to.
    private var isChained = true

    /// Indexes that an entry can have. Beyond them is only what was put there, and sums could overflow.
    static let places = 0..<Int64(1) << 62

    init(log: AuditLogID, head: AuditHead?, limit: Int) {
        self.head = head
        report = AuditReport(log: log, limit: limit)
        lastHash = AuditEntry.start(of: log)
        if head == nil {
            add(AuditFinding(.headChanged, "audit_head is not one row with the tree of its size"))
        }
    }

    /// How many entries there would be without what was moved, removed or put in.
    var end: Int64 { expected + placement.shift }

    mutating func add(_ stored: StoredEntry) {
        report.entryCount += 1
        guard Self.places.contains(stored.index) else {
            let index = stored.index
            add(
                AuditFinding(
                    .inserted, entries: index...index, "entry \(index): there is no such place"))
            return
        }
        skip(to: stored.index)
        let size = head?.size ?? stored.index
        if let entry = stored.entry, let place = search.place(of: entry, size: size) {
            let wasMoved = placement.shift
            for finding in placement.add(index: entry.index, place: place) { add(finding) }
            if place - entry.index == wasMoved {
                follow(entry)
            } else {
                // Its neighbours in the table are not those that it had.
                isDisordered = true
                isChained = false
            }
        } else {
            add(
                AuditFinding(
                    .edited, entries: stored.index...stored.index,
                    "entry \(stored.index) is not what its hash says"))
            // What follows is chained to the hash that it was written with. If that is still there all is told;
            // else the next entry would only say the same again.
            isChained = false
        }
        let hash = stored.hash ?? .zero
        tree.append(leafHash: MerkleTree.leafHash(hash.bytes))
        lastHash = hash
        expected = stored.index + 1
    }

    /// A signed head, once as many entries were read as it covers.
    mutating func compare(_ head: SignedTreeHead, number: Int64, after known: Int64) {
        if isDisordered {
            leaveUnjudged()
        } else if head.root != tree.root {
            let entries = known < head.size ? known...head.size - 1 : nil
            add(
                AuditFinding(
                    .rewritten, entries: entries, signedHead: number,
                    "signed head \(number) over \(head.size) entries has another root: "
                        + (entries.map { "some of \(AuditFinding.name($0)) were rewritten" }
                            ?? "what it covers was rewritten")))
        }
    }

    mutating func countSignedHead() { report.signedHeadCount += 1 }

    mutating func leaveUnjudged() { report.unjudgedHeadCount += 1 }

    mutating func add(_ finding: AuditFinding) {
        if finding.kind == .inserted, let entries = finding.entries {
            report.withdrawEdits(of: entries)
        }
        report.add(finding)
    }

    /// Once all entries were read: tells the rest, and compares the log's end with them.
    mutating func finish() {
        for finding in placement.finish() { add(finding) }
        report.root = tree.root
        guard let head else { return }
        if end < head.size {
            let missing = end...head.size - 1
            add(
                AuditFinding(
                    .truncated, entries: missing,
                    "\(AuditFinding.name(missing)): missing at the end"))
        } else if end > head.size {
            let added = head.size - placement.shift...expected - 1
            add(
                AuditFinding(
                    .inserted, entries: added,
                    "\(AuditFinding.name(added)): put behind the end of the log"))
        } else if !isDisordered {
            compare(head)
        }
    }

    // MARK: - Parts

    private mutating func skip(to index: Int64) {
        guard index > expected else { return }
        let missing = expected...index - 1
        add(AuditFinding(.removed, entries: missing, "\(AuditFinding.name(missing)): missing"))
        (isDisordered, isChained) = (true, false)
    }

    /// An entry behind the one that it should be behind.
    private mutating func follow(_ entry: AuditEntry) {
        if isChained, entry.previousHash != lastHash {
            let index = entry.index
            add(
                index == 0
                    ? AuditFinding(
                        .replaced, entries: 0...0, "entry 0 is the first one of another log")
                    : AuditFinding(
                        .replaced, entries: index - 1...index - 1,
                        "entry \(index) was written behind another entry \(index - 1)"))
        }
        if entry.recordedAtMicros < lastTimeMicros {
            add(
                AuditFinding(
                    .timeReversed, entries: entry.index...entry.index,
                    "entry \(entry.index) is older than the one before it"))
        }
        lastTimeMicros = max(lastTimeMicros, entry.recordedAtMicros)
        isChained = true
    }

    private mutating func compare(_ head: AuditHead) {
        var wrong: [String] = []
        if head.tree != tree { wrong.append("the Merkle tree") }
        if head.lastHash != lastHash { wrong.append("the last entry's hash") }
        if head.recordedAtMicros < lastTimeMicros { wrong.append("the latest time") }
        guard !wrong.isEmpty else { return }
        add(
            AuditFinding(
                .headChanged,
                "audit_head does not follow from the entries: \(wrong.joined(separator: ", "))"))
    }
}

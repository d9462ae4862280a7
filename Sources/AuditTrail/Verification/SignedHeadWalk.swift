internal import Cryptography
internal import PostgreSQL

/// Reads the signed heads beside the entries: each is checked by itself, and compared with the tree once that has its
/// size.
struct SignedHeadWalk {
    private static let pageSize = 500

    private let log: AuditLogID
    /// How many there are, as the log's end says; nil if that is not known.
    private let count: Int64?
    private let keys: [AuditPublicKey]
    private var page: ArraySlice<StoredHead> = []
    private var isAtEnd = false
    /// The number that comes next.
    private var expected: Int64 = 0
    /// The next head that has to wait for its size.
    private var waiting: (head: SignedTreeHead, number: Int64)?
    /// The size of the last head whose root was right.
    private var knownSize: Int64 = 0
    private var lastSize: Int64 = 0

    init(log: AuditLogID, count: Int64?, keys: [AuditPublicKey]) {
        self.log = log
        self.count = count
        self.keys = keys
    }

    /// Compares all heads over as many entries as were read.
    mutating func compare(
        _ walk: inout EntryWalk, _ connection: inout Connection
    ) throws(PostgreSQLError) {
        if let waiting, waiting.head.size > walk.tree.size { return }
        while try advance(&walk, &connection), let (signed, number) = waiting {
            guard signed.size <= walk.tree.size else { return }
            let isRight = signed.root == walk.tree.root
            walk.compare(signed, number: number, after: knownSize)
            if isRight { knownSize = signed.size }
            waiting = nil
        }
    }

    /// Once all entries were read: what is left covers more rows than there are.
    mutating func finish(
        _ walk: inout EntryWalk, _ connection: inout Connection
    ) throws(PostgreSQLError) {
        while try advance(&walk, &connection), let (signed, number) = waiting {
            waiting = nil
            guard signed.size > walk.end else {
                walk.leaveUnjudged()
                continue
            }
            walk.add(
                AuditFinding(
                    .headBeyondEnd, entries: max(0, walk.end)...signed.size - 1,
                    signedHead: number,
                    "signed head \(number) covers \(signed.size) entries: there are \(walk.end)"))
        }
        guard let count else { return }
        if expected < count {
            walk.add(
                AuditFinding(
                    .headRemoved, signedHead: expected,
                    "signed heads \(expected) to \(count - 1): missing at the end"))
        } else if expected > count {
            walk.add(
                AuditFinding(
                    .headChanged,
                    "audit_head counts \(count) signed heads: they go up to \(expected - 1)"))
        }
    }

    /// Finds the next head that can be compared, unless one waits already. False at the end.
    private mutating func advance(
        _ walk: inout EntryWalk, _ connection: inout Connection
    ) throws(PostgreSQLError) -> Bool {
        while waiting == nil {
            if page.isEmpty, !isAtEnd {
                let start = expected == 0 ? Int64.min : expected
                let read = try AuditLog.storedHeads(from: start, limit: Self.pageSize, &connection)
                isAtEnd = read.count < Self.pageSize
                page = read[...]
            }
            guard let stored = page.popFirst() else { return false }
            walk.countSignedHead()
            judge(stored, &walk)
        }
        return true
    }

    private mutating func judge(_ stored: StoredHead, _ walk: inout EntryWalk) {
        let number = stored.number
        if number > expected {
            walk.add(
                AuditFinding(
                    .headRemoved, signedHead: expected,
                    "signed heads \(expected) to \(number - 1): missing"))
        }
        expected = max(expected, number == .max ? number : number + 1)
        guard let signed = stored.head, signed.log == log,
            keys.contains(where: { signed.verify(with: $0) })
        else {
            walk.add(
                AuditFinding(
                    .headForged, signedHead: number,
                    "signed head \(number) over \(stored.size) entries was signed for this log "
                        + "by none of the given keys"))
            return
        }
        if signed.size < lastSize {
            walk.add(
                AuditFinding(
                    .headRemoved, signedHead: number,
                    "signed head \(number) is in another's place: "
                        + "\(signed.size) entries after \(lastSize)"))
            return
        }
        lastSize = signed.size
        waiting = (signed, number)
    }
}

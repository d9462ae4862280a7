public import Cryptography

/// What a verification found.
public struct AuditReport: Sendable {
    /// Which log, as its end says.
    public var log: AuditLogID
    /// How many entries were read.
    public var entryCount: Int64 = 0
    /// How many signed heads were read.
    public var signedHeadCount: Int64 = 0
    /// How many of them could not be compared with the entries, because entries before their end are missing or in
    /// another place; the findings say which.
    public var unjudgedHeadCount: Int64 = 0
    /// Root of the Merkle tree over the hashes that the entries carry.
    public var root: SHA256Digest
    /// What is wrong, in the order of its discovery; of each kind the first ones only.
    public private(set) var findings: [AuditFinding] = []
    /// How often each kind was found.
    public private(set) var counts: [AuditFinding.Kind: Int64] = [:]
    /// How many findings of one kind are kept.
    let limit: Int

    init(log: AuditLogID, limit: Int) {
        self.log = log
        self.limit = limit
        root = MerkleTree.emptyRoot
    }

    /// Whether the log is whole: every entry is as it was written, none is missing, and every signed head says so.
    public var isWhole: Bool { counts.isEmpty }

    /// The first finding of a kind; nil if there is none.
    public func first(_ kind: AuditFinding.Kind) -> AuditFinding? {
        findings.first { $0.kind == kind }
    }

    mutating func add(_ finding: AuditFinding) {
        let count = counts[finding.kind, default: 0]
        counts[finding.kind] = count + 1
        if count < Int64(limit) { findings.append(finding) }
    }

    /// Takes back what was said of entries that turned out to have been put in.
    mutating func withdrawEdits(of entries: ClosedRange<Int64>) {
        for finding in findings where finding.kind == .edited || finding.kind == .replaced {
            guard let range = finding.entries, entries.contains(range.lowerBound) else { continue }
            let count = counts[finding.kind, default: 0] - 1
            counts[finding.kind] = count == 0 ? nil : count
            findings.removeAll { $0 == finding }
        }
    }
}

extension AuditReport: CustomStringConvertible {
    /// A line for people, and one for each finding.
    public var description: String {
        var text = "log \(log): \(entryCount) entries, \(signedHeadCount) signed heads, "
        text += isWhole ? "whole" : "NOT WHOLE"
        for finding in findings { text += "\n  \(finding.kind.rawValue): \(finding)" }
        for (kind, count) in counts.sorted(by: { $0.key.rawValue < $1.key.rawValue })
        where count > Int64(limit) {
            text += "\n  \(kind.rawValue): \(count) in all"
        }
        if unjudgedHeadCount > 0 {
            text += "\n  \(unjudgedHeadCount) signed heads cannot be compared with such entries"
        }
        return text
    }
}

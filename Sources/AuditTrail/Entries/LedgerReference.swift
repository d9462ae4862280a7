public import Cryptography

/// Events of the ledger's log, named without being repeated: their sequences, and the log's running hash after the last
/// of them. Whoever has both logs can tell that neither was rewritten against the other.
public struct LedgerReference: Hashable, Sendable {
    /// Sequences of the first and the last event.
    public let sequences: ClosedRange<Int64>
    /// The log's running hash after the last of them.
    public let runningHash: SHA256Digest

    /// A reference to events.
    public init(sequences: ClosedRange<Int64>, runningHash: SHA256Digest) {
        self.sequences = sequences
        self.runningHash = runningHash
    }

    /// What to record of them; ``init(_:)`` reads it again.
    ///
    /// - Throws: ``AuditError`` if the actor breaks a limit of ``AuditRecord``.
    public func record(actor: String = "system") throws(AuditError) -> AuditRecord {
        try AuditRecord(
            actor: actor, act: .ledgerCommitted, subject: "ledger",
            details: [
                AuditDetail("first_sequence", "\(sequences.lowerBound)"),
                AuditDetail("last_sequence", "\(sequences.upperBound)"),
                AuditDetail("running_hash", "\(runningHash)"),
            ])
    }

    /// The reference that a record makes; nil if it is of another act or not one that ``record(actor:)`` wrote.
    public init?(_ record: AuditRecord) {
        guard record.act == .ledgerCommitted,
            let first = record.detail("first_sequence").flatMap({ Int64($0) }),
            let last = record.detail("last_sequence").flatMap({ Int64($0) }), first <= last,
            let hash = record.detail("running_hash").flatMap({ Hexadecimal.decode($0) }),
            let digest = SHA256Digest(bytes: hash)
        else { return nil }
        self.init(sequences: first...last, runningHash: digest)
    }
}

public import AuditTrail
internal import Foundation
internal import PostgreSQL

/// The audit log of a home, running or not.
public struct HomeAudit: Sendable {
    private let home: Home

    /// The log of a home.
    public init(_ home: Home) { self.home = home }

    /// The key that signs this home's heads; made at first use.
    static func key(_ home: Home) throws(OperationError) -> AuditSigningKey {
        do throws(AuditError) { return try AuditSigningKey(file: home.auditKeyPath) } catch {
            throw OperationError("\(error)")
        }
    }

    /// The public half of it, which whoever checks proofs needs.
    public func publicKey() throws -> AuditPublicKey { try Self.key(home).publicKey }

    /// Reads the whole log and tells whether it is as it was written.
    ///
    /// - Parameters:
    ///   - further: keys beside the home's that signed heads before.
    ///   - progress: told entries read, and how many there are.
    public func verify(
        further: [AuditPublicKey] = [], progress: (Int64, Int64) -> Void
    ) throws -> AuditReport {
        let key = try publicKey()
        return try onConnection { connection in
            try AuditVerifier.run(&connection, keys: [key] + further) {
                progress($0.entryCount, $0.totalCount)
            }
        }
    }

    /// Whether the ledger's log is the one that the audit log names.
    public func ledgerAgreement() throws -> LedgerAgreement {
        try onConnection { try LedgerAgreement.check(&$0) }
    }

    /// A proof that an entry is in the log, at a head that is signed now.
    public func prove(_ index: Int64) throws -> AuditProof {
        let key = try Self.key(home)
        return try onConnection { connection in
            let head = try connection.transaction { connection throws(PostgreSQLError) in
                try AuditLog.sign(with: key, in: &connection)
            }
            return try AuditProof.make(index: index, at: head, &connection)
        }
    }

    /// The newest entries, the newest first.
    public func newest(_ count: Int) throws -> [AuditEntry] {
        try onConnection { try AuditLog.entries(before: .max, limit: count, &$0) }
    }

    /// All signed heads, in order, to be kept elsewhere.
    public func signedHeads(_ each: (SignedTreeHead) -> Void) throws {
        try onConnection { connection in
            var number: Int64 = 0
            while true {
                let heads = try AuditLog.signedHeads(from: number, limit: 1_000, &connection)
                if heads.isEmpty { return }
                heads.forEach(each)
                number += Int64(heads.count)
            }
        }
    }

    private func onConnection<Value>(_ body: (inout Connection) throws -> Value) throws -> Value {
        try home.withRunningCluster { cluster, _ in
            var connection = try Connection(
                cluster.connection(application: "holdfast-audit"))
            return try body(&connection)
        }
    }
}

import AuditTrail
import PostgreSQL
import SplitMix
import TestSeed
import Testing

/// Proofs out of the tables, for somebody who has only text and the public key.
@Suite struct ProofTests {
    @Test func `every entry is proved at every head that covers it`() async throws {
        try await AuditCluster.withDatabase { _, connection in
            let key = AuditSigningKey()
            var heads = [try AuditLog.sign(with: key, in: &connection)]
            for count in [1, 6, 10, 16] {
                try connection.fill(count)
                heads.append(try AuditLog.sign(with: key, in: &connection))
            }
            #expect(heads.map(\.size) == [0, 1, 7, 17, 33])
            #expect(try AuditLog.signedHeads(from: 0, limit: 10, &connection) == heads)
            #expect(try AuditLog.newestSignedHead(&connection) == heads.last)
            for head in heads {
                for index in 0..<head.size {
                    let proof = try AuditProof.make(index: index, at: head, &connection)
                    #expect(try AuditProof(json: proof.json).verify(with: key.publicKey) == .holds)
                }
                for other in heads where other.size >= head.size {
                    let proof = try AuditConsistency.make(from: head, to: other, &connection)
                    #expect(
                        try AuditConsistency(json: proof.json).verify(with: key.publicKey)
                            == .holds)
                }
            }
            let error = #expect(throws: AuditError.self) {
                try AuditProof.make(index: 7, at: heads[2], &connection)
            }
            #expect(error?.isMissing == true)
            #expect(throws: AuditError.self) {
                try AuditConsistency.make(from: heads[2], to: heads[1], &connection)
            }
        }
    }

    @Test func `a proof out of a log that was tampered with does not hold`() async throws {
        try await AuditCluster.withDatabase { _, connection in
            let key = AuditSigningKey()
            try connection.fill(20)
            let older = try AuditLog.sign(with: key, in: &connection)
            try connection.fill(20)
            let newer = try AuditLog.sign(with: key, in: &connection)
            try Tampering.superuser(
                "UPDATE audit_entry SET actor = 'somebody' WHERE index = 8", &connection)
            try Tampering.superuser(
                "UPDATE audit_entry SET hash = sha256('x') WHERE index = 9", &connection)
            let edited = try AuditProof.make(index: 8, at: newer, &connection)
            #expect(edited.verify(with: key.publicKey) == .entryEdited)
            let neighbour = try AuditProof.make(index: 12, at: newer, &connection)
            #expect(neighbour.verify(with: key.publicKey) == .notIncluded)
            let consistency = try AuditConsistency.make(from: older, to: newer, &connection)
            #expect(consistency.verify(with: key.publicKey) == .notConsistent)
            try Tampering.superuser("DELETE FROM audit_entry WHERE index = 30", &connection)
            let error = #expect(throws: AuditError.self) {
                try AuditProof.make(index: 12, at: newer, &connection)
            }
            #expect(error?.databaseError != nil)
            let missing = #expect(throws: AuditError.self) {
                try AuditProof.make(index: 30, at: newer, &connection)
            }
            #expect(missing?.isMissing == true)
        }
    }
}

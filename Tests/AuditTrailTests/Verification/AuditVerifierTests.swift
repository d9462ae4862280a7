import Cryptography
import PostgreSQL
import Testing

@testable import AuditTrail

/// Whatever a superuser does to the log is found and named.
@Suite struct AuditVerifierTests {
    /// 60 entries with heads signed over 0, 20, 40 and 60 of them, tampered with.
    private static func report(
        _ tamper: @escaping @Sendable (inout Connection) throws -> Void
    ) async throws -> AuditReport {
        try await AuditCluster.withDatabase { _, connection in
            let key = AuditSigningKey()
            _ = try AuditLog.sign(with: key, in: &connection)
            for _ in 0..<3 {
                try connection.fill(20, batch: 7)
                _ = try AuditLog.sign(with: key, in: &connection)
            }
            try tamper(&connection)
            var options = AuditVerifier.Options()
            options.pageSize = 7
            return try AuditVerifier.run(
                &connection, keys: [AuditSigningKey().publicKey, key.publicKey], options: options)
        }
    }

    @Test func `a log that nobody touched is whole`() async throws {
        let report = try await Self.report { _ in }
        #expect(report.isWhole && report.findings.isEmpty, "\(report)")
        #expect(report.entryCount == 60 && report.signedHeadCount == 4)
        #expect(report.unjudgedHeadCount == 0)
        #expect(report.description.hasSuffix("60 entries, 4 signed heads, whole"))
    }

    @Test(arguments: [
        "actor = 'somebody'", "act = 'device.added'", "subject = ''", "outcome = 3 - outcome",
        "details = 'a=b'", "details = 'no details'", "recorded_at = recorded_at - 1",
        "previous_hash = sha256('x')", "act = 'Not A Word'", "actor = ''",
    ])
    func `an edited entry is named`(_ edit: String) async throws {
        let report = try await Self.report { connection in
            try Tampering.superuser(
                "UPDATE audit_entry SET \(edit) WHERE index = 33", &connection)
        }
        #expect(report.counts == [.edited: 1], "\(report)")
        #expect(report.findings.first?.entries == 33...33)
    }

    @Test func `an entry that has another hash is named, and so are the heads over it`()
        async throws
    {
        let report = try await Self.report { connection in
            try Tampering.superuser(
                "UPDATE audit_entry SET hash = sha256('x') WHERE index = 33", &connection)
        }
        #expect(report.counts == [.edited: 1, .rewritten: 2, .headChanged: 1], "\(report)")
        #expect(report.first(.edited)?.entries == 33...33)
        #expect(report.first(.rewritten)?.signedHead == 2)
        #expect(report.first(.rewritten)?.entries == 20...39)
    }

    @Test func `an entry that was replaced by one with a right hash is named`() async throws {
        let report = try await Self.report { connection in
            try Tampering.put(Samples.record(99), at: 33, &connection)
        }
        #expect(report.first(.replaced)?.entries == 33...33, "\(report)")
        #expect(report.counts == [.replaced: 1, .rewritten: 2, .headChanged: 1])
    }

    @Test func `a log that was rewritten to its end is betrayed by its signed heads`() async throws
    {
        let report = try await Self.report { connection in
            try Tampering.superuser(
                "UPDATE audit_entry SET actor = 'somebody' WHERE index = 33", &connection)
            try Tampering.rechain(from: 33, &connection)
        }
        #expect(report.counts == [.rewritten: 2], "\(report)")
        #expect(report.findings.first?.entries == 20...39)
        #expect(report.findings.first?.signedHead == 2)
    }

    @Test(arguments: [(33, 33), (0, 0), (20, 25), (0, 18)])
    func `removed entries are named`(_ first: Int64, _ last: Int64) async throws {
        let report = try await Self.report { connection in
            try Tampering.superuser(
                "DELETE FROM audit_entry WHERE index BETWEEN \(first) AND \(last)", &connection)
        }
        #expect(report.counts == [.removed: 1], "\(report)")
        #expect(report.findings.first?.entries == first...last)
        #expect(report.unjudgedHeadCount > 0)
    }

    @Test(arguments: [1, 4])
    func `removed entries are named though those after them were moved up`(_ count: Int64)
        async throws
    {
        let report = try await Self.report { connection in
            try Tampering.superuser(
                "DELETE FROM audit_entry WHERE index BETWEEN 33 AND \(32 + count)", &connection)
            try Tampering.shift(from: 33 + count, by: -count, &connection)
        }
        #expect(report.counts == [.removed: 1], "\(report)")
        #expect(report.findings.first?.entries == 33...32 + count)
    }

    @Test(arguments: [true, false])
    func `an entry that was put between others is named`(_ isHashed: Bool) async throws {
        let report = try await Self.report { connection in
            try Tampering.shift(from: 33, by: 1, &connection)
            if isHashed {
                let before = try AuditLog.entries(from: 32, limit: 1, &connection)
                try Tampering.put(
                    Samples.record(99), at: 33, after: before[0].hash, &connection)
            } else {
                try Tampering.superuser(
                    """
                    INSERT INTO audit_entry SELECT 33, recorded_at, 'x', act, subject, outcome,
                        details, previous_hash, hash FROM audit_entry WHERE index = 3
                    """, &connection)
            }
        }
        #expect(report.counts == [.inserted: 1], "\(report)")
        #expect(report.findings.first?.entries == 33...33)
    }

    @Test func `entries that were put behind the end are named`() async throws {
        let report = try await Self.report { connection in
            try Tampering.put(
                Samples.record(99), at: 60, after: try AuditLog.head(&connection).lastHash,
                &connection)
        }
        #expect(report.counts == [.inserted: 1], "\(report)")
        #expect(report.findings.first?.entries == 60...60)
    }

    @Test(arguments: [Int64.min, -1, .max, 1 << 62])
    func `an entry where none can be is named`(_ index: Int64) async throws {
        let report = try await Self.report { connection in
            try connection.execute(
                "ALTER TABLE audit_entry DROP CONSTRAINT audit_entry_index_check")
            try Tampering.superuser(
                """
                INSERT INTO audit_entry SELECT \(index), recorded_at, actor, act, subject, outcome,
                    details, previous_hash, hash FROM audit_entry WHERE index = 3
                """, &connection)
        }
        #expect(report.counts == [.inserted: 1], "\(report)")
        #expect(report.findings.first?.entries == index...index)
    }

    @Test(arguments: [(5, 6), (5, 44), (0, 59), (58, 59)])
    func `exchanged entries are named`(_ one: Int64, _ other: Int64) async throws {
        let report = try await Self.report { connection in
            try Tampering.superuser(
                """
                UPDATE audit_entry SET index = 1000 WHERE index = \(one);
                UPDATE audit_entry SET index = \(one) WHERE index = \(other);
                UPDATE audit_entry SET index = \(other) WHERE index = 1000
                """, &connection)
        }
        #expect(report.counts == [.reordered: 2], "\(report)")
        #expect(report.findings.map(\.entries) == [one...one, other...other])
        #expect(report.findings[0].description.contains("written as entry \(other)"))
    }

    @Test func `a tail that was cut off is named`() async throws {
        let report = try await Self.report { connection in
            try Tampering.superuser("DELETE FROM audit_entry WHERE index >= 50", &connection)
        }
        #expect(report.first(.truncated)?.entries == 50...59, "\(report)")
        #expect(report.first(.headBeyondEnd)?.signedHead == 3)
        #expect(report.counts == [.truncated: 1, .headBeyondEnd: 1])
    }

    @Test func `a tail that was cut off with the log's end is betrayed by the signed heads`()
        async throws
    {
        let report = try await Self.report { connection in
            try Tampering.superuser("DELETE FROM audit_entry WHERE index >= 50", &connection)
            try Tampering.rechain(from: 50, &connection)
        }
        #expect(report.counts == [.headBeyondEnd: 1], "\(report)")
        #expect(report.findings.first?.signedHead == 3)
        #expect(report.findings.first?.entries == 50...59)
    }

    @Test func `an emptied log is named`() async throws {
        let report = try await Self.report { connection in
            try Tampering.superuser("TRUNCATE audit_entry", &connection)
        }
        // TRUNCATE's trigger is off as well.
        #expect(report.first(.truncated)?.entries == 0...59, "\(report)")
        #expect(report.counts == [.truncated: 1, .headBeyondEnd: 3])
    }

    @Test(arguments: [
        "size = size - 1", "root = sha256('x')", "signed_at = signed_at + 1",
        "signature = signature || ''::bytea, key_id = substr(key_id, 2) || '\\x00'::bytea",
        "log_id = gen_random_uuid()",
        "signature = set_byte(signature, 5, 255 - get_byte(signature, 5))",
    ])
    func `a forged head is named`(_ edit: String) async throws {
        let report = try await Self.report { connection in
            try Tampering.superuser(
                "UPDATE audit_tree_head SET \(edit) WHERE number = 2", &connection)
        }
        #expect(report.counts == [.headForged: 1], "\(report)")
        #expect(report.findings.first?.signedHead == 2)
    }

    @Test func `a head that another key signed is named`() async throws {
        let report = try await Self.report { connection in
            _ = try AuditLog.sign(with: AuditSigningKey(), in: &connection)
        }
        #expect(report.counts == [.headForged: 1], "\(report)")
        #expect(report.findings.first?.signedHead == 4)
    }

    @Test(arguments: [0, 2, 3])
    func `a removed head is named`(_ number: Int64) async throws {
        let report = try await Self.report { connection in
            try Tampering.superuser(
                "DELETE FROM audit_tree_head WHERE number = \(number)", &connection)
        }
        #expect(report.counts == [.headRemoved: 1], "\(report)")
        #expect(report.findings.first?.signedHead == number)
    }

    @Test(arguments: [
        ("last_hash = sha256('x')", "last entry's hash"),
        ("subtree_roots = sha256('x') || sha256('y') || sha256('z') || sha256('a')", "Merkle tree"),
        ("recorded_at = 5", "latest time"),
        ("signed_heads = 3", "counts 3 signed heads"),
        ("subtree_roots = 'x'", "not one row"),
        ("size = -1", "not one row"),
    ])
    func `a changed end is named`(_ edit: String, _ words: String) async throws {
        let report = try await Self.report { connection in
            try connection.execute("ALTER TABLE audit_head DROP CONSTRAINT audit_head_size_check")
            try Tampering.superuser("UPDATE audit_head SET \(edit)", &connection)
        }
        #expect(report.counts == [.headChanged: 1], "\(report)")
        #expect(report.findings.first?.description.contains(words) == true, "\(report)")
    }

    @Test func `without its end the log is still compared with its signed heads`() async throws {
        let report = try await Self.report { connection in
            try Tampering.superuser("DELETE FROM audit_head", &connection)
            try Tampering.superuser(
                "UPDATE audit_entry SET actor = 'x' WHERE index = 7", &connection)
        }
        #expect(report.counts == [.headChanged: 1, .edited: 1], "\(report)")
        #expect(report.signedHeadCount == 4 && report.unjudgedHeadCount == 0)
    }

    @Test func `the beginning of another log is no beginning of this one`() async throws {
        let report = try await Self.report { connection in
            try Tampering.put(
                Samples.record(0), at: 0, after: AuditEntry.start(of: Samples.log), &connection)
        }
        #expect(report.counts[.replaced] == 2, "\(report)")
        #expect(report.first(.replaced)?.entries == 0...0)
    }

    @Test func `time that goes back is named`() async throws {
        let report = try await Self.report { connection in
            let before = try AuditLog.entries(from: 58, limit: 1, &connection)
            try Tampering.put(
                Samples.record(9), at: 59, time: 5, after: before[0].hash, &connection)
        }
        #expect(report.first(.timeReversed)?.entries == 59...59, "\(report)")
    }

    @Test func `several breaches are all named`() async throws {
        let report = try await Self.report { connection in
            try Tampering.superuser(
                """
                UPDATE audit_entry SET actor = 'x' WHERE index IN (4, 12);
                DELETE FROM audit_entry WHERE index = 30;
                UPDATE audit_tree_head SET signed_at = 1 WHERE number = 1;
                DELETE FROM audit_entry WHERE index > 55
                """, &connection)
        }
        #expect(report.first(.edited)?.entries == 4...4, "\(report)")
        #expect(report.first(.removed)?.entries == 30...30)
        #expect(report.first(.truncated)?.entries == 56...59)
        #expect(report.first(.headForged)?.signedHead == 1)
        #expect(
            report.counts == [
                .edited: 2, .removed: 1, .truncated: 1, .headForged: 1, .headBeyondEnd: 1,
            ])
    }

    @Test func `findings beyond the limit are counted`() async throws {
        let report = try await Self.report { connection in
            try Tampering.superuser("UPDATE audit_entry SET actor = 'x'", &connection)
        }
        #expect(report.counts == [.edited: 60], "\(report)")
        #expect(report.findings.count == 20)
        #expect(report.description.contains("edited: 60 in all"))
    }
}

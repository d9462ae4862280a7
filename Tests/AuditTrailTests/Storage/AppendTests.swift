import AuditTrail
import Foundation
import PostgreSQL
import Testing

@Suite struct AppendTests {
    @Test func `an empty log begins where the definition says`() async throws {
        try await AuditCluster.withDatabase { _, connection in
            let head = try AuditLog.head(&connection)
            #expect(head == AuditHead(log: head.log))
            #expect(try AuditLog.entries(from: 0, limit: 5, &connection).isEmpty)
            #expect(try AuditLog.newestSignedHead(&connection) == nil)
        }
    }

    @Test func `entries read as they were appended`() async throws {
        try await AuditCluster.withDatabase { _, connection in
            var appended: [AuditEntry] = []
            for start in [0, 1, 40] {
                appended += try connection.transaction { connection throws(PostgreSQLError) in
                    try AuditLog.append(
                        (start..<start + 40).map(Samples.record), in: &connection)
                }
            }
            #expect(appended.map(\.index) == Array(0..<120))
            #expect(try AuditLog.entries(from: 0, limit: 1_000, &connection) == appended)
            let middle = try AuditLog.entries(from: 50, limit: 3, &connection)
            #expect(middle.map(\.index) == [50, 51, 52])
            let newest = try AuditLog.entries(before: .max, limit: 2, &connection)
            #expect(newest.map(\.index) == [119, 118])
            #expect(try AuditLog.head(&connection).lastHash == appended.last?.hash)
            #expect(appended.allSatisfy { $0.hash == $0.computedHash })
            let now = Date().timeIntervalSince1970 * 1e6
            #expect(abs(Double(appended[0].recordedAtMicros) - now) < 60e6)
        }
    }

    @Test func `an entry shares the fate of the transaction that it was appended in`() async throws
    {
        try await AuditCluster.withDatabase { _, connection in
            try connection.execute("CREATE TABLE audited_device (id text)")
            let rolledBack = PostgreSQLError.unexpectedResult("a change of mind")
            #expect(throws: rolledBack) {
                try connection.transaction { connection throws(PostgreSQLError) in
                    try connection.execute("INSERT INTO audited_device VALUES ('a')")
                    try AuditLog.append(Samples.record(1), in: &connection)
                    throw rolledBack
                }
            }
            #expect(try AuditLog.head(&connection).size == 0)
            try connection.transaction { connection throws(PostgreSQLError) in
                try connection.execute("INSERT INTO audited_device VALUES ('a')")
                let entry = try AuditLog.append(Samples.record(1), in: &connection)
                #expect(entry.index == 0)
            }
            #expect(try AuditLog.head(&connection).size == 1)
            #expect(try connection.number("SELECT count(*) FROM audited_device") == 1)
        }
    }

    @Test func `time does not go back with the database's clock`() async throws {
        try await AuditCluster.withDatabase { _, connection in
            // As if the clock had been an hour ahead before.
            try connection.execute("UPDATE audit_head SET recorded_at = 4102444800000000")
            try connection.fill(3)
            let head = try AuditLog.sign(with: AuditSigningKey(), in: &connection)
            let entries = try AuditLog.entries(from: 0, limit: 5, &connection)
            #expect(entries.allSatisfy { $0.recordedAtMicros == 4_102_444_800_000_000 })
            #expect(head.signedAtMicros == 4_102_444_800_000_000)
        }
    }

    @Test func `what many connections append at once is one gapless chain`() async throws {
        let database = try await AuditCluster.newDatabase()
        let (writers, rounds) = (8, 25)
        try await withThrowingTaskGroup(of: Void.self) { group in
            for writer in 0..<writers {
                group.addTask {
                    try await AuditCluster.onThread {
                        var connection = try Connection(database)
                        for round in 0..<rounds {
                            let count = 1 + (writer + round) % 3
                            try connection.transaction { connection throws(PostgreSQLError) in
                                _ = try AuditLog.append(
                                    Samples.records(count), in: &connection)
                                // Some think better of it, and leave no gap.
                                if round % 5 == 4 { try connection.execute("ROLLBACK; BEGIN") }
                            }
                        }
                    }
                }
            }
            try await group.waitForAll()
        }
        let report = try await AuditCluster.onThread {
            var connection = try Connection(database)
            return try AuditVerifier.run(&connection, keys: [])
        }
        #expect(report.isWhole, "\(report)")
        var expected = 0
        for writer in 0..<writers {
            for round in 0..<rounds where round % 5 != 4 { expected += 1 + (writer + round) % 3 }
        }
        #expect(report.entryCount == Int64(expected))
    }

    @Test func `outside a transaction an append that another one overtakes writes nothing`()
        async throws
    {
        let database = try await AuditCluster.newDatabase()
        let refused = try await withThrowingTaskGroup(of: Int.self) { group in
            for _ in 0..<4 {
                group.addTask {
                    try await AuditCluster.onThread {
                        var connection = try Connection(database)
                        var refused = 0
                        for round in 0..<50 {
                            do {
                                try AuditLog.append(Samples.record(round), in: &connection)
                            } catch { refused += 1 }
                        }
                        return refused
                    }
                }
            }
            return try await group.reduce(0, +)
        }
        try await AuditCluster.onThread {
            var connection = try Connection(database)
            let report = try AuditVerifier.run(&connection, keys: [])
            #expect(report.isWhole, "\(report)")
            #expect(report.entryCount == Int64(200 - refused))
        }
    }

    @Test func `a connection that is killed in its transaction leaves the log whole`() async throws
    {
        try await AuditCluster.withDatabase { database, other in
            try other.fill(10)
            var connection = try Connection(database)
            try connection.execute("BEGIN")
            try AuditLog.append(Samples.records(5), in: &connection)
            let pid = try connection.number("SELECT pg_backend_pid()")
            _ = try other.number("SELECT pg_terminate_backend(\(pid))::int")
            #expect(throws: PostgreSQLError.self) { try connection.execute("COMMIT") }
            try other.fill(3)
            let report = try AuditVerifier.run(&other, keys: [])
            #expect(report.isWhole && report.entryCount == 13, "\(report)")
        }
    }

    @Test(arguments: [
        "UPDATE audit_entry SET actor = 'x' WHERE index = 3", "DELETE FROM audit_entry",
        "TRUNCATE audit_entry", "UPDATE audit_tree_head SET size = 1",
        "DELETE FROM audit_tree_head", "TRUNCATE audit_tree_head", "DELETE FROM audit_head",
        "TRUNCATE audit_head", "UPDATE audit_head SET size = size - 1",
        "UPDATE audit_head SET log_id = gen_random_uuid()",
        "INSERT INTO audit_entry SELECT * FROM audit_entry LIMIT 1",
    ])
    func `what is in the log cannot be changed or taken out, and the refusal says why`(
        _ sql: String
    ) async throws {
        try await AuditCluster.withDatabase { _, connection in
            try connection.fill(5)
            let key = AuditSigningKey()
            _ = try AuditLog.sign(with: key, in: &connection)
            let error = #expect(throws: PostgreSQLError.self) { try connection.execute(sql) }
            if !sql.hasPrefix("INSERT") {
                #expect(error?.sqlState == "42501")
                #expect(error?.message.contains("audit log") == true)
            }
            let report = try AuditVerifier.run(&connection, keys: [key.publicKey])
            #expect(report.isWhole && report.entryCount == 5, "\(report)")
        }
    }

    @Test func `text in records is never taken for SQL`() async throws {
        try await AuditCluster.withDatabase { _, connection in
            let hostile = "'); DROP TABLE audit_entry; -- $1 \\ {\"a\",NULL} 鍵"
            let record = try AuditRecord(
                actor: hostile, act: .scopeRefused, subject: hostile, outcome: .refused,
                details: [AuditDetail("text", hostile), AuditDetail("other", "=")])
            try connection.transaction { connection throws(PostgreSQLError) in
                _ = try AuditLog.append(record, in: &connection)
            }
            #expect(try AuditLog.entries(from: 0, limit: 1, &connection).first?.record == record)
        }
    }
}

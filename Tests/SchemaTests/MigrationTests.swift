import PostgreSQL
import TestCluster
import Testing

@testable import Schema

/// How a database comes to its schema, and when it is refused.
@Suite struct MigrationTests {
    /// A database that nobody migrated yet.
    private func emptyDatabase() async throws -> String {
        let name = "migrations_\(UInt64.random(in: 0...UInt64.max))"
        return try await TestCluster.run { cluster in
            try cluster.createDatabase(name)
            return cluster.connection(database: name)
        }
    }

    /// Migrates on a connection of its own. Returns why it was refused, if it was.
    private func migrate(_ database: String) async throws -> Migrations.MigrationError? {
        try await OwnThread.run { () throws -> Migrations.MigrationError? in
            var connection = try Connection(database)
            do throws(Migrations.MigrationError) {
                try Migrations.apply(to: &connection)
                return nil
            } catch {
                return error
            }
        }
    }

    private func execute(_ sql: String, on database: String) throws {
        var connection = try Connection(database)
        try connection.execute(sql)
    }

    /// What was applied, when, and by which transaction; and the tables, each as it was made.
    private func state(_ database: String) throws -> [String] {
        var connection = try Connection(database)
        let rows = try connection.query(
            Statement(
                "state",
                """
                SELECT number || ' ' || name || ' ' || encode(checksum, 'hex') || ' '
                    || applied_at::text || ' ' || xmin::text FROM migration
                UNION ALL
                SELECT 'table ' || relname || ' ' || oid::text || ' ' || xmin::text FROM pg_class
                WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
                ORDER BY 1
                """))
        return (0..<rows.count).map { rows.text($0, 0) }
    }

    private func applied(_ database: String) throws -> [String] {
        try state(database).filter { !$0.hasPrefix("table ") }
    }

    @Test func `migrations that were applied are not applied again`() async throws {
        let database = try await emptyDatabase()
        #expect(try await migrate(database) == nil)
        let first = try state(database)
        #expect(try applied(database).count == Migrations.files.count)
        #expect(first.contains { $0.hasPrefix("table ledger_head ") })
        #expect(try await migrate(database) == nil)
        #expect(try state(database) == first)
    }

    @Test func `a connection that has migrated keeps no lock and can do so again`() async throws {
        let database = try await emptyDatabase()
        let locks = try await OwnThread.run { () throws -> Int64 in
            var connection = try Connection(database)
            for _ in 0..<2 { try Migrations.apply(to: &connection) }
            let rows = try connection.query(
                Statement(
                    "locks",
                    """
                    SELECT count(*) FROM pg_locks
                    WHERE locktype = 'advisory' AND pid = pg_backend_pid()
                    """))
            return rows.int(0, 0)
        }
        #expect(locks == 0)
        #expect(try applied(database).count == Migrations.files.count)
    }

    @Test func `of many that migrate at once one does, and all find the schema`() async throws {
        for _ in 0..<3 {
            let database = try await emptyDatabase()
            let failures = try await withThrowingTaskGroup(
                of: Migrations.MigrationError?.self
            ) { group in
                for _ in 0..<4 { group.addTask { try await migrate(database) } }
                return try await group.reduce(into: [String]()) { failures, failure in
                    if let failure { failures.append("\(failure)") }
                }
            }
            #expect(failures.isEmpty)
            #expect(try applied(database).count == Migrations.files.count)
        }
    }

    @Test func `a migration that was applied with other contents is refused by its name`()
        async throws
    {
        let database = try await emptyDatabase()
        #expect(try await migrate(database) == nil)
        let expected = Migrations.files[0].name
        try execute(
            "UPDATE migration SET checksum = sha256('another file') WHERE number = 1", on: database)
        let before = try state(database)
        let refusal = try #require(try await migrate(database))
        guard case .changed(let number, let name) = refusal else {
            Issue.record("\(refusal)")
            return
        }
        #expect(number == 1 && name == expected)
        #expect("\(refusal)".contains(expected))
        #expect(try state(database) == before)
    }

    @Test func `a database of a newer build is refused, and told how much newer it is`()
        async throws
    {
        let database = try await emptyDatabase()
        #expect(try await migrate(database) == nil)
        let known = Migrations.files.count
        try execute(
            """
            INSERT INTO migration (number, name, checksum)
            VALUES (\(known + 1), 'of_tomorrow.sql', sha256('a file of tomorrow'))
            """, on: database)
        let before = try state(database)
        let refusal = try #require(try await migrate(database))
        guard case .newer(let applied, let ours) = refusal else {
            Issue.record("\(refusal)")
            return
        }
        #expect(applied == known + 1 && ours == known)
        #expect("\(refusal)".contains("use a newer build"))
        #expect(try state(database) == before)
    }

    @Test func `counters of spenders become tallies of their last day and month`() async throws {
        let database = try await emptyDatabase()
        let spender = "00000000-0000-0000-0000-000000000007"
        let rows = try await OwnThread.run { () throws -> [String] in
            var connection = try Connection(database)
            let place = Migrations.files.firstIndex { $0.name.hasPrefix("0017") } ?? 0
            for file in Migrations.files[..<place] {
                try connection.execute(String(decoding: file.sql, as: UTF8.self))
            }
            try connection.execute(
                """
                UPDATE ledger_head SET sequence = 55;
                INSERT INTO spending VALUES
                    ('\(spender)', 978, 0, 20000, 300, 24297, 4000),
                    ('\(spender)', 978, 1, 19999, 200, 24297, 3000),
                    ('\(spender)', 978, 2, 19000, 100, 24296, 2000),
                    ('\(spender)', 840, 1, 20000, 0, 24297, 7);
                """)
            try connection.execute(String(decoding: Migrations.files[place].sql, as: UTF8.self))
            let rows = try connection.query(
                Statement(
                    "tallies",
                    "SELECT spender || ' ' || sequence || ' ' || encode(tally, 'hex') FROM spending"
                ))
            return (0..<rows.count).map { rows.text($0, 0) }
        }
        // Day 20000 and month 24297; then currency, kind, sum of the day, sum of the month.
        let counters = [
            "0348" + "01" + "0000000000000000" + "0000000000000007",
            "03d2" + "00" + "000000000000012c" + "0000000000000fa0",
            "03d2" + "01" + "0000000000000000" + "0000000000000bb8",
        ]
        #expect(rows == ["\(spender) 55 00004e20" + "00005ee9" + counters.joined()])
    }
}

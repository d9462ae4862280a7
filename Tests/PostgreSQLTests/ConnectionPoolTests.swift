import Synchronization
import TestCluster
import Testing

@testable import PostgreSQL

/// What a pool does again, and what it must not.
@Suite struct ConnectionPoolTests {
    /// Runs a test on a pool of one connection, which was used before, so that it may be stale.
    private static func withPool(
        _ test: (ConnectionPool, _ database: String) async throws -> Void
    ) async throws {
        let database = try await TestCluster.newDatabase()
        let pool = ConnectionPool(database, count: 1, name: "test")
        defer { pool.stop() }
        try await pool.run { connection throws(PostgreSQLError) in
            try connection.execute("CREATE TABLE kept (number bigint)")
        }
        try await test(pool, database)
    }

    private static func kept(_ pool: ConnectionPool) async throws -> Int64 {
        try await pool.run { connection throws(PostgreSQLError) in
            try connection.query(Statement("test.kept", "SELECT count(*) FROM kept")).int(0, 0)
        }
    }

    @Test func `a transaction whose connection breaks while it is committed is not made again`()
        async throws
    {
        try await Self.withPool { pool, _ in
            // What is deferred to the commit ends the connection there.
            try await pool.run { connection throws(PostgreSQLError) in
                try connection.execute(
                    """
                    CREATE FUNCTION break_off() RETURNS trigger LANGUAGE plpgsql AS $$
                    BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END $$;
                    CREATE CONSTRAINT TRIGGER break_off AFTER INSERT ON kept
                        DEFERRABLE INITIALLY DEFERRED FOR EACH ROW EXECUTE FUNCTION break_off();
                    """)
            }
            let runs = Mutex(0)
            let error = await #expect(throws: PostgreSQLError.self) {
                try await pool.run { connection throws(PostgreSQLError) in
                    try connection.transaction { connection throws(PostgreSQLError) in
                        runs.withLock { $0 += 1 }
                        try connection.execute("INSERT INTO kept VALUES (1)")
                    }
                }
            }
            #expect(error?.isOutcomeUnknown == true, "\(error.map { "\($0)" } ?? "")")
            #expect(error?.isConnectionLost == true)
            #expect(runs.withLock { $0 } == 1)
            // The pool goes on with another connection.
            #expect(try await Self.kept(pool) == 0)
        }
    }

    @Test func `a transaction whose connection broke before it was committed is made again`()
        async throws
    {
        try await Self.withPool { pool, database in
            let runs = Mutex(0)
            try await pool.run { connection throws(PostgreSQLError) in
                try connection.transaction { connection throws(PostgreSQLError) in
                    let isFirst = runs.withLock { runs in
                        runs += 1
                        return runs == 1
                    }
                    try connection.execute("INSERT INTO kept VALUES (1)")
                    if isFirst {
                        try connection.execute("SELECT pg_terminate_backend(pg_backend_pid())")
                    }
                }
            }
            #expect(try await Self.kept(pool) == 1 && runs.withLock { $0 } == 2)
            // One that broke while nobody used it is no hindrance either.
            let pid = try await pool.run { connection throws(PostgreSQLError) in
                try connection.query(Statement("test.pid", "SELECT pg_backend_pid()::bigint")).int(
                    0, 0)
            }
            try await OwnThread.run {
                var other = try Connection(database)
                try other.execute("SELECT pg_terminate_backend(\(pid), 10000)")
            }
            #expect(try await Self.kept(pool) == 1)
        }
    }

    @Test(arguments: ["40P01", "40001"])
    func `what PostgreSQL ends for the sake of others is made again, five times at most`(
        state: String
    ) async throws {
        try await Self.withPool { (pool, _) async throws -> Void in
            @Sendable func insert(failing times: Int) async throws -> Int {
                let runs = Mutex(0)
                let raise = state == "40P01" ? Self.deadlock : Self.disorder
                do throws(PostgreSQLError) {
                    try await pool.run { connection throws(PostgreSQLError) in
                        try connection.transaction { connection throws(PostgreSQLError) in
                            let run = runs.withLock { runs in
                                runs += 1
                                return runs
                            }
                            try connection.execute("INSERT INTO kept VALUES (1)")
                            if run <= times { try connection.execute(raise) }
                        }
                    }
                } catch {
                    #expect(error.sqlState == state && times >= 5)
                }
                return runs.withLock { $0 }
            }
            #expect(try await insert(failing: 4) == 5)
            #expect(try await Self.kept(pool) == 1)
            #expect(try await insert(failing: 100) == 5)
            #expect(try await Self.kept(pool) == 1)
        }
    }

    private static let deadlock = "DO $$ BEGIN RAISE 'test' USING ERRCODE = '40P01'; END $$"
    private static let disorder = "DO $$ BEGIN RAISE 'test' USING ERRCODE = '40001'; END $$"

    @Test func `another refusal of the server is told at once`() async throws {
        try await Self.withPool { pool, _ in
            let runs = Mutex(0)
            let error = await #expect(throws: PostgreSQLError.self) {
                try await pool.run { connection throws(PostgreSQLError) in
                    runs.withLock { $0 += 1 }
                    try connection.execute("SELECT 1 / 0")
                }
            }
            #expect(error?.sqlState == "22012" && runs.withLock { $0 } == 1)
        }
    }
}

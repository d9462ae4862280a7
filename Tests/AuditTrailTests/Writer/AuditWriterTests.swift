import Foundation
import PostgreSQL
import Synchronization
import Testing

@testable import AuditTrail

/// Counts from several tasks.
private final class Count: Sendable {
    private let count = Atomic<Int>(0)
    var value: Int { count.load(ordering: .relaxed) }
    func add() { count.add(1, ordering: .relaxed) }
}

@Suite struct AuditWriterTests {
    private static func report(_ database: String) async throws -> AuditReport {
        try await AuditCluster.onThread {
            var connection = try Connection(database)
            return try AuditVerifier.run(&connection, keys: [])
        }
    }

    @Test func `records that come together are committed together`() async throws {
        let database = try await AuditCluster.newDatabase()
        let writer = AuditWriter(database)
        let entries = try await withThrowingTaskGroup(of: AuditEntry.self) { group in
            for number in 0..<500 {
                group.addTask { try await writer.append(Samples.record(number)) }
            }
            return try await group.reduce(into: []) { $0.append($1) }
        }
        #expect(Set(entries.map(\.index)) == Set(0..<500))
        #expect(Set(entries.map(\.recordedAtMicros)).count < 400)
        #expect(await writer.stop() == 0)
        let report = try await Self.report(database)
        #expect(report.isWhole && report.entryCount == 500, "\(report)")
    }

    @Test func `what is recorded without waiting stays in order and is there after a flush`()
        async throws
    {
        let database = try await AuditCluster.newDatabase()
        let writer = AuditWriter(database)
        for number in 0..<300 { try await writer.record(Samples.record(number)) }
        try await writer.flush()
        let subjects = try await AuditCluster.onThread {
            var connection = try Connection(database)
            return try AuditLog.entries(from: 0, limit: 1_000, &connection).map(\.record.subject)
        }
        #expect(subjects == (0..<300).map { "device-\($0)" })
        await writer.stop()
    }

    @Test func `a full queue makes callers wait and drops nothing`() async throws {
        let database = try await AuditCluster.newDatabase()
        var options = AuditWriter.Options()
        options.capacity = 4
        options.maximumBatch = 3
        let writer = AuditWriter(database, options: options)
        let accepted = Count()
        try await AuditCluster.onThread {
            var connection = try Connection(database)
            // Nobody can append while this is held.
            try connection.execute("BEGIN; SELECT 1 FROM audit_head FOR UPDATE")
            for number in 0..<40 {
                Task {
                    try await writer.record(Samples.record(number))
                    accepted.add()
                }
            }
            let end = ContinuousClock.now + .seconds(10)
            while writer.waitingCount < 37, ContinuousClock.now < end { usleep(1_000) }
            usleep(100_000)
            // Four wait, and at most one batch of three is being written.
            #expect((4...7).contains(accepted.value))
            try connection.execute("COMMIT")
        }
        try await writer.flush()
        #expect(await writer.stop() == 0)
        let report = try await Self.report(database)
        #expect(report.isWhole && report.entryCount == 40, "\(report)")
        #expect(accepted.value == 40)
    }

    @Test func `connections that are killed again and again lose nothing and double nothing`()
        async throws
    {
        let database = try await AuditCluster.newDatabase()
        let failures = Atomic<Int>(0)
        let failureCount: @Sendable (PostgreSQLError, Int) -> Void = { _, _ in
            failures.add(1, ordering: .relaxed)
        }
        var options = AuditWriter.Options()
        options.maximumBatch = 5
        options.retryMillis = [0, 1]
        options.onFailure = failureCount
        let writer = AuditWriter(database + " application_name='audit_victim'", options: options)
        let isDone = Atomic<Bool>(false)
        async let kills: Void = AuditCluster.onThread {
            var connection = try Connection(database)
            // Longer and longer between two, so that on a busy machine too it comes to commit in the end.
            for round in 1...40 where !isDone.load(ordering: .relaxed) {
                _ = try connection.number(
                    "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity "
                        + "WHERE application_name = 'audit_victim' AND datname = current_database()"
                )
                usleep(UInt32(round) * 2_000)
            }
        }
        for number in 0..<400 { try await writer.record(Samples.record(number)) }
        try await writer.flush()
        isDone.store(true, ordering: .relaxed)
        try await kills
        #expect(await writer.stop() == 0)
        let report = try await Self.report(database)
        #expect(report.isWhole && report.entryCount == 400, "\(report)")
        #expect(failures.load(ordering: .relaxed) > 0)
        let subjects = try await AuditCluster.onThread {
            var connection = try Connection(database)
            return try AuditLog.entries(from: 0, limit: 10_000, &connection).map(\.record.subject)
        }
        #expect(subjects == (0..<400).map { "device-\($0)" })
    }

    @Test func `a commit whose answer was lost is found again and not repeated`() async throws {
        try await AuditCluster.withDatabase { database, other in
            let sent = try other.transaction { connection throws(PostgreSQLError) in
                try AuditLog.append(Samples.records(3), in: &connection)
            }
            try other.fill(2)
            var session = WriterSession(database, unconfirmed: sent)
            #expect(try session.append(Samples.records(3)) == sent)
            #expect(try AuditLog.head(&other).size == 5)
            // What was said of the last ones is not said of the next.
            #expect(try session.append(Samples.records(1)).map(\.index) == [5])
        }
    }

    @Test func `a commit that did not take place is repeated`() async throws {
        try await AuditCluster.withDatabase { database, other in
            var lost = AuditHead(log: try AuditLog.head(&other).log)
            let sent = lost.append(Samples.records(3), clockMicros: 1)
            try other.fill(2)
            var session = WriterSession(database, unconfirmed: sent)
            #expect(try session.append(Samples.records(3)).map(\.index) == [2, 3, 4])
            let report = try AuditVerifier.run(&other, keys: [])
            #expect(report.isWhole && report.entryCount == 5, "\(report)")
        }
    }

    @Test func `a stopped writer writes what it has and takes nothing more`() async throws {
        let database = try await AuditCluster.newDatabase()
        let writer = AuditWriter(database)
        for number in 0..<50 { try await writer.record(Samples.record(number)) }
        #expect(await writer.stop() == 0)
        #expect(await writer.stop() == 0)
        let error = await #expect(throws: AuditError.self) {
            try await writer.record(Samples.record(1))
        }
        #expect(error?.isStopped == true)
        await #expect(throws: AuditError.self) { try await writer.append(Samples.record(1)) }
        await #expect(throws: AuditError.self) { try await writer.flush() }
        #expect(try await Self.report(database).entryCount == 50)
    }

    @Test func `a writer without a database keeps all, and says how many when it is stopped`()
        async throws
    {
        var options = AuditWriter.Options()
        options.retryMillis = [1]
        let told = Atomic<Int>(0)
        options.onFailure = { _, waiting in told.max(waiting, ordering: .relaxed) }
        let writer = AuditWriter("host='/nonexistent' dbname='x'", options: options)
        for number in 0..<20 { try await writer.record(Samples.record(number)) }
        let durable = Task { try await writer.append(Samples.record(20)) }
        while told.load(ordering: .relaxed) < 21 { try await Task.sleep(for: .milliseconds(2)) }
        #expect(await writer.stop() == 21)
        let error = await #expect(throws: AuditError.self) { try await durable.value }
        #expect(error?.isStopped == true)
    }
}

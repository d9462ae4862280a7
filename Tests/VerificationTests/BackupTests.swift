import EventLog
import Foundation
import Ledger
import PostgreSQL
import TestCluster
import Testing
import Verification

@Suite struct BackupTests {
    @Test func `a ledger is backed up under load, restored elsewhere, and sound`() async throws {
        let folder = "/tmp/holdfast-backup-test-\(getpid())"
        let backup = folder + "/backup"
        let settings = ["shared_buffers": "'64MB'", "max_wal_size": "'256MB'"]
        let restored = try PrivateCluster(folder: folder + "/restored", settings: settings)
        defer {
            restored.stop(immediately: true)
            try? FileManager.default.removeItem(atPath: folder)
        }
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
        let database = try await TestCluster.newDatabase()
        let name = try #require(database.split(separator: " ").first { $0.hasPrefix("dbname=") })
        let ledger = try VerifiedLedger(database, seed: 9)
        defer { ledger.stop() }
        try await ledger.begin()
        for _ in 0..<5 { try await ledger.round() }
        let before = try Self.head(database)

        let cluster = TestCluster.cluster
        async let copied: Void = OwnThread.run { try cluster.backup(to: backup) }
        for _ in 0..<5 { try await ledger.round() }
        try await copied
        for _ in 0..<5 { try await ledger.round() }
        let after = try Self.head(database)

        try await OwnThread.run {
            try restored.restore(from: backup)
            #expect(throws: ClusterError.self) { try restored.restore(from: backup) }
            #expect(throws: ClusterError.self) { try cluster.backup(to: backup) }
            try restored.start()
        }
        let copy = restored.connection(database: String(name.dropFirst(8).dropLast()))
        let head = try Self.head(copy)
        #expect(head.logID == before.logID)
        #expect(head.sequence >= before.sequence && head.sequence < after.sequence)
        let models = ledger.usedModels
        let report = try await OwnThread.run {
            try VerifiedLedger.verifier(copy, models: models).run()
        }
        #expect(report.isSound, "\(report.lines)")
        #expect(report.cut == head.sequence)

        // An engine that had come further finds that its place is not in this log.
        var connection = try Connection(copy)
        #expect(try LogReader.runningHash(at: after.sequence, &connection) == nil)
        #expect(try LogReader.runningHash(at: head.sequence, &connection) == head.runningHash)
    }

    @Test func `what is no backup is named`() throws {
        let cluster = try PrivateCluster(folder: "/tmp/holdfast-no-cluster-\(getpid())")
        #expect(throws: ClusterError.self) { try cluster.restore(from: "/tmp") }
        #expect(throws: ClusterError.self) { try cluster.backup(to: "/tmp/nowhere") }
    }

    private static func head(_ database: String) throws -> LogReader.Head {
        var connection = try Connection(database)
        return try LogReader.head(&connection)
    }
}

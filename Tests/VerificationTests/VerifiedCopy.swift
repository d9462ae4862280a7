import Scoring
import Synchronization
import TestCluster
import Verification

/// A copy of one ledger of a few hundred transfers, for somebody to break.
struct VerifiedCopy: Sendable {
    let tampering: Tampering
    let models: [RiskModel]

    private struct Original: Sendable {
        let name: String
        let models: [RiskModel]
    }
    private static let original = Task {
        let database = try await TestCluster.newDatabase()
        let ledger = try VerifiedLedger(database)
        try await ledger.begin()
        for _ in 0..<12 { try await ledger.round() }
        try await ledger.changeModel()
        for _ in 0..<12 { try await ledger.round() }
        try await ledger.changePolicy()
        for _ in 0..<12 { try await ledger.round() }
        try await ledger.eraseSomebody()
        for _ in 0..<6 { try await ledger.round() }
        try await ledger.spendAndGiveBack()
        ledger.stop()
        let name = database.split(separator: " ").first { $0.hasPrefix("dbname=") }
        return Original(
            name: String(name?.dropFirst(8).dropLast() ?? ""), models: ledger.usedModels)
    }
    private static let copies = Mutex(0)

    static func make() async throws -> VerifiedCopy {
        let original = try await Self.original.value
        let name = copies.withLock { count in
            count += 1
            return "verified_\(count)"
        }
        let database = try await TestCluster.run { cluster in
            try cluster.createDatabase(name, template: original.name)
            return cluster.connection(database: name)
        }
        return VerifiedCopy(tampering: Tampering(database: database), models: original.models)
    }

    func report() async throws -> VerificationReport {
        let (database, models) = (tampering.database, models)
        return try await OwnThread.run {
            try VerifiedLedger.verifier(database, models: models).run()
        }
    }
}

import EventLog
import Features
import Foundation
import Ledger
import Operations
import PostgreSQL
import RiskEngine
import TestCluster
import TestSeed
import Testing

@testable import Tables

/// A table that is exported from a ledger says all that the features need.
@Suite struct TableExportTests {
    /// By sequence, the features that every reserve of the log had when it was committed, and the digests of those that
    /// the engine decided with.
    private static func live(
        _ connection: inout Connection
    ) throws -> (features: [Int64: [UInt64]], digests: [Int64: UInt64]) {
        var replay = FeatureReplay(capacity: VerifiedLedger.capacity())
        var features: [Int64: [UInt64]] = [:]
        var digests: [Int64: UInt64] = [:]
        var opener = ContextOpener(VerifiedLedger.contextKeys)
        for stored in try LogReader.batches(
            after: .zero, limit: 100_000, opening: &opener, &connection)
        {
            let batch = try EventBatch(encoded: stored.payload)
            replay.consume(batch, contexts: stored.contexts) { event, row, _ in
                features[event.sequence.rawValue] = row.map(\.bitPattern)
            }
            for item in batch.decisions where item.value.action != .notEvaluated {
                digests[item.value.sequence.rawValue] = item.value.featureDigest
            }
        }
        return (features, digests)
    }

    /// The features that a table gives, by sequence.
    private static func recomputed(_ path: String) throws -> [Int64: [UInt64]] {
        var reader = try TransactionReader(path: path)
        var replay = TableReplay(capacity: VerifiedLedger.capacity())
        var features: [Int64: [UInt64]] = [:]
        var row = [Double](repeating: 0, count: TableReplay.featureCount)
        var batch = RowBatch()
        while try reader.read(into: &batch) {
            for transaction in batch.rows {
                row.withUnsafeMutableBufferPointer { replay.apply(transaction, into: $0) }
                features[transaction.sequence.rawValue] = row.map(\.bitPattern)
            }
        }
        return features
    }

    @Test func `features of an exported table are those of the live engine, bit for bit`()
        async throws
    {
        let seed = TestSeed.choose("exported table")
        let ledger = try VerifiedLedger(await TestCluster.newDatabase(), seed: seed)
        defer { ledger.stop() }
        try await ledger.begin()
        for round in 0..<15 {
            if round == 8 { try await ledger.changeModel() }
            try await ledger.round()
        }
        let path = NSTemporaryDirectory() + "holdfast-export-\(seed).csv.gz"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var connection = try Connection(ledger.database)
        // Small parts, so that what became of a row stands behind its part.
        let export = TableExport(
            contextKeys: VerifiedLedger.contextKeys, labelDelaySeconds: 0, partRows: 40)
        let summary = try export.run(&connection, to: path)
        let (features, digests) = try Self.live(&connection)
        #expect(summary.rows == features.count && summary.rows > 150)
        #expect(digests.count > 100)
        #expect(try Self.recomputed(path) == features)
        for (sequence, digest) in digests {
            let row = try #require(features[sequence]).map { Double(bitPattern: $0) }
            #expect(row.withUnsafeBufferPointer { FeatureDigest.digest($0) } == digest)
        }
    }

    @Test func `an export says what became of payments, whatever the size of its parts`()
        async throws
    {
        let ledger = try VerifiedLedger(await TestCluster.newDatabase(), seed: 4)
        defer { ledger.stop() }
        try await ledger.begin()
        for _ in 0..<8 { try await ledger.round() }
        let path = NSTemporaryDirectory() + "holdfast-export-\(getpid()).csv"
        defer { try? FileManager.default.removeItem(atPath: path) }
        var connection = try Connection(ledger.database)
        var texts: Set<Data> = []
        for partRows in [1, 17, 1_000_000] {
            let export = TableExport(
                contextKeys: VerifiedLedger.contextKeys, labelDelaySeconds: 3_600,
                partRows: partRows)
            _ = try export.run(&connection, to: path)
            texts.insert(try Data(contentsOf: URL(fileURLWithPath: path)))
        }
        #expect(texts.count == 1)
        var reader = try TransactionReader(path: path)
        var batch = RowBatch()
        #expect(try reader.read(into: &batch))
        let rows = batch.rows
        for outcome in Transaction.Outcome.allCases {
            #expect(rows.contains { $0.outcome == outcome })
        }
        #expect(rows.contains { $0.isFraud == true && $0.labelSequence > $0.sequence })
        #expect(rows.contains { $0.isFraud == nil })
        #expect(rows.contains { $0.limit == 10_000_000 || $0.limit == 100_000 })
        #expect(rows.allSatisfy { $0.payerAvailable != nil })
        #expect(rows.allSatisfy { $0.outcome == .pending || $0.outcomeSequence > $0.sequence })
    }
}

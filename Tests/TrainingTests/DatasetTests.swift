import EventLog
import Features
import Simulation
import Tables
import Testing

@testable import Training

@Suite struct DatasetTests {
    private static let options = SimulatedHistory.Options(
        seed: 12, people: 500, days: 20, fraudShare: 0.015)

    @Test func `no feature alone tells fraud, and the card says so of each`() async throws {
        let table = TemporaryFile()
        let summary = try DatasetGenerator.write(Self.options, to: table.path)
        let ranking = try FeatureRanking(table: table.path, from: summary.firstHeldOut) { _ in }
        #expect(ranking.entries.count == FeatureCatalogue.count)
        #expect(ranking.rows > 1_000 && ranking.frauds > 20)
        for entry in ranking.entries {
            #expect(entry.area >= 0.5 && entry.area < 0.9, "\(entry.name)")
            #expect((0...1).contains(entry.missingShare), "\(entry.name)")
        }
        let card = DatasetCard.text(name: "t.csv", summary: summary, ranking: ranking)
        for feature in FeatureCatalogue.all { #expect(card.contains("| `\(feature.name)` |")) }
        for kind in FraudKind.allCases { #expect(card.contains("| `\(kind.rawValue)` |")) }
        #expect(card.contains("--seed 12 --people 500 --days 20"))
    }

    @Test func `the truth names each fraud, and the table labels those that were reported`() throws
    {
        let table = TemporaryFile()
        let truth = TemporaryFile()
        let summary = try DatasetGenerator.write(
            Self.options, to: table.path, truth: truth.path)
        let lines = String(decoding: truth.bytes, as: UTF8.self).split(separator: "\n")
        #expect(lines.first.map(String.init) == DatasetGenerator.truthHeader)
        #expect(lines.count - 1 == summary.frauds)
        let reported = Set(
            lines.dropFirst().filter { $0.hasSuffix(",1") }.map { $0.prefix { $0 != "," } })
        #expect(reported.count == summary.reported && reported.count < summary.frauds)
        #expect(summary.weeks.map(\.payments).reduce(0, +) == summary.rows)
        #expect(summary.kinds.map(\.reported).reduce(0, +) == summary.reported)
        let rows = String(decoding: table.bytes, as: UTF8.self).split(separator: "\n")
        let labelled = rows.dropFirst().filter {
            $0.split(separator: ",", omittingEmptySubsequences: false).suffix(2).first == "1"
        }
        #expect(Set(labelled.map { $0.prefix { $0 != "," } }) == reported)
    }

    @Test
    func `a feature that tells fraud by itself has an area of one, one that is missing of a half`()
        throws
    {
        var text = "transaction_id,occurred_at,payer,payee,amount,currency,label\n"
        for row in 0..<40 {
            let isFraud = row % 5 == 4
            text += "t\(row),2025-01-01T00:\(10 + row):00Z,p\(row % 3),q\(row % 7),"
            text += "\(isFraud ? 900 + row : 5 + row),USD,\(isFraud ? 1 : 0)\n"
        }
        let table = TemporaryFile(text)
        let ranking = try FeatureRanking(
            table: table.path, from: try #require(Timestamp(rfc3339: "2025-01-01T00:10:00Z")))
        #expect(ranking.rows == 40 && ranking.frauds == 8)
        let amount = try #require(ranking.entries.first { $0.name == "amount.log" })
        #expect(amount.area == 1 && amount.isRiskierWhenLarge && amount.missingShare == 0)
        let place = try #require(ranking.entries.first { $0.name == "place.home_km" })
        #expect(place.area == 0.5 && place.missingShare == 1)
    }
}

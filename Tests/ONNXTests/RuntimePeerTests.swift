import Foundation
import LinearAlgebra
import ONNX
import Scoring
import Simulation
import TestModels
import TestProcesses
import TestSeed
import Testing
import Training

/// Graphs against onnxruntime, and skl2onnx's own files.
@Suite(.serialized) struct RuntimePeerTests {
    private static let peer = PythonPeer("onnx_models.py")
    private static let tolerance = 1e-6

    private static func withFolder(_ body: (String) async throws -> Void) async throws {
        let folder = NSTemporaryDirectory() + "holdfast-onnx-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try await body(folder)
    }

    private static func doubles(_ path: String) throws -> [Double] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        return data.withUnsafeBytes { bytes in
            (0..<bytes.count / 8).map {
                bytes.loadUnaligned(fromByteOffset: 8 * $0, as: Double.self)
            }
        }
    }

    private static func scores(_ model: RiskModel, _ rows: [Double]) -> [Double] {
        let width = model.terms.count
        let table = Matrix(rows: rows.count / width, columns: width)
        for (place, value) in rows.enumerated() {
            table.row(place / width)[place % width] = value
        }
        var scores = [Double](repeating: 0, count: table.rows)
        var scorer = Scorer(model)
        scorer.score(rows: table.pointer, count: table.rows, into: &scores)
        return scores
    }

    /// Largest difference, infinite if something is no number.
    private static func difference(_ ours: [Double], _ theirs: [Double]) -> Double {
        guard ours.count == theirs.count, !ours.isEmpty else { return .infinity }
        return zip(ours, theirs).reduce(0) {
            let gap = abs($1.0 - $1.1)
            return gap.isNaN ? .infinity : max($0, gap)
        }
    }

    /// Rows that reach every bin: values about the model's own cuts, levels and means, exactly at cuts, and missing.
    private static func rows(_ model: RiskModel, _ count: Int, _ random: inout SeededRandom)
        -> [Double]
    {
        (0..<count).flatMap { _ in
            model.terms.map { term -> Double in
                if random.chance(0.1) { return .nan }
                let spread = min(term.scale, 1e30)
                let usual = term.transform.inverse(term.mean + spread * 2 * random.normal())
                guard let bins = term.steps?.bins, random.chance(0.6) else { return usual }
                let bounds: [Double] =
                    switch bins {
                    case .cuts(let cuts): cuts.map { Double($0) }
                    case .levels(let levels): levels
                    }
                guard !bounds.isEmpty else { return usual }
                let bound = bounds[random.below(bounds.count)]
                return random.chance(0.5) ? bound : bound + random.normal()
            }
        }
    }

    private static func compare(
        _ model: RiskModel, _ folder: String, count: Int, _ random: inout SeededRandom
    ) async throws -> (difference: Double, distinct: Int) {
        let rows = rows(model, count, &random)
        try Data(try ScoringGraph.encoded(model, name: "exported"))
            .write(to: URL(fileURLWithPath: folder + "/exported.onnx"))
        try rows.withUnsafeBytes { Data($0) }
            .write(to: URL(fileURLWithPath: folder + "/rows"))
        _ = try await peer.run([
            "score", folder + "/exported.onnx", folder + "/rows", "\(model.terms.count)",
            folder + "/scores",
        ])
        let ours = scores(model, rows)
        return (difference(ours, try doubles(folder + "/scores")), Set(ours).count)
    }

    @Test func `onnxruntime scores drawn models of every kind as we do`() async throws {
        let seed = TestSeed.choose("exported graphs")
        var random = SeededRandom(seed: seed)
        try await Self.withFolder { folder in
            var models = try [
                (0, ForestTerm.Inputs.standardised), (20, .standardised), (20, .raw),
                (20, .rawOrAbove),
            ].map { trees, inputs in
                try Samples.model(
                    features: 12, trees: trees, subsample: 64, pairs: 6, seed: random.next(),
                    inputs: inputs)
            }
            for inputs in ForestTerm.Inputs.allCases {
                models.append(
                    try Samples.forestAlone(
                        features: 12, trees: 20, subsample: 64, seed: random.next(),
                        inputs: inputs))
            }
            for (number, model) in models.enumerated() {
                let (difference, distinct) = try await Self.compare(
                    model, folder, count: 400, &random)
                #expect(difference < Self.tolerance, "model \(number), seed \(seed)")
                #expect(distinct > 100)
            }
        }
    }

    @Test func `onnxruntime scores the model that is shipped as we do`() async throws {
        let seed = TestSeed.choose("shipped graph")
        var random = SeededRandom(seed: seed)
        let model = try RiskModel.load(path: BuiltExecutable.model)
        try await Self.withFolder { folder in
            let (difference, distinct) = try await Self.compare(
                model, folder, count: 1_000, &random)
            #expect(difference < Self.tolerance, "seed \(seed)")
            #expect(distinct > 500)
        }
    }

    private struct Made: Decodable {
        let name: String
        let kind: String
        let columns: Int
        let limit: Double
    }

    @Test func `files of skl2onnx are read as they are, and scored as onnxruntime does`()
        async throws
    {
        try await Self.withFolder { folder in
            let told = try await Self.peer.run(["make", folder])
            let text = try #require(told.split(separator: "\n").last { $0.hasPrefix("[") })
            let made = try JSONDecoder().decode([Made].self, from: Data(text.utf8))
            #expect(made.count == 9)
            var random = SeededRandom(seed: 1)
            for one in made {
                let path = "\(folder)/\(one.name)"
                let bytes = [UInt8](try Data(contentsOf: URL(fileURLWithPath: path + ".onnx")))
                let model = try GraphImport(bytes, catalogueHash: ColumnInputs.hash(of:)).model
                #expect(model.terms.count == one.columns)
                #expect(abs(model.thresholds.hold - one.limit) < Self.tolerance)
                let theirs = try Self.doubles(path + ".scores")
                let ours = Self.scores(model, try Self.doubles(path + ".rows"))
                // A forest's graph says how far a row is from being an outlier.
                let limit = model.thresholds.hold
                let same = one.kind == "forest" ? ours.map { limit - $0 } : ours
                let difference = Self.difference(same, theirs)
                #expect(difference < Self.tolerance, "\(one.name): \(difference)")
                #expect(Set(ours).count > 100)
                // What was imported can be exported again.
                let again = try await Self.compare(model, folder, count: 100, &random)
                #expect(again.difference < Self.tolerance, "\(one.name) exported again")
                // The last bytes may say a second time which operator set is used.
                for length in stride(from: 0, to: bytes.count - 32, by: bytes.count / 50) {
                    #expect(throws: GraphError.self) {
                        try GraphImport(Array(bytes.prefix(length))) { _ in [] }
                    }
                }
            }
        }
    }
}

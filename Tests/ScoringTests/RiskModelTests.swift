import Glibc
import TestModels
import Testing

@testable import Scoring

@Suite struct RiskModelTests {
    @Test func `a model survives its encoding whole`() throws {
        for seed in UInt64(1)...20 {
            let model = try Samples.model(
                features: 6, trees: seed % 2 == 0 ? 0 : 4, pairs: Int(seed % 5), seed: seed,
                inputs: seed % 3 == 0 ? .raw : .standardised)
            let read = try RiskModel(encoded: model.encoded())
            #expect(read == model)
            #expect(read.hash == model.hash)
            #expect(read.encoded() == model.encoded())
        }
    }

    @Test func `a change of any byte is refused`() throws {
        let bytes = try Samples.model(features: 2, trees: 1, subsample: 4).encoded()
        for index in bytes.indices {
            var altered = bytes
            altered[index] ^= 0x10
            #expect(throws: ModelError.self, "byte \(index)") {
                try RiskModel(encoded: altered)
            }
        }
    }

    @Test func `a file cut short anywhere is refused`() throws {
        let bytes = try Samples.model(features: 2, trees: 1, subsample: 4).encoded()
        for length in bytes.indices {
            #expect(throws: ModelError.self) {
                try RiskModel(encoded: Array(bytes.prefix(length)))
            }
        }
        #expect(throws: ModelError.self) { try RiskModel(encoded: bytes + [0]) }
    }

    @Test func `only what version 2 cannot hold is written in version 3`() throws {
        let usual = try Samples.model()
        #expect(
            usual.formatVersion == 2
                && usual.encoded()[8..<16].elementsEqual([2, 0, 0, 0, 0, 0, 0, 0]))
        let above = try Samples.model(inputs: .rawOrAbove)
        #expect(above.formatVersion == 3)
        func alone(_ precision: InputPrecision, _ link: ScoreLink) throws -> RiskModel {
            try Samples.forestAlone(precision: precision, link: link)
        }
        for precision in InputPrecision.allCases {
            for link in ScoreLink.allCases {
                let model = try alone(precision, link)
                #expect(model.formatVersion == (precision == .double && link == .logistic ? 2 : 3))
                #expect(try RiskModel(encoded: model.encoded()) == model)
            }
        }
        #expect(
            try Set([alone(.single, .logistic), alone(.double, .powerOfTwo)].map(\.hash)).count == 2
        )
        for (precision, link) in [(.single, .logistic), (.double, .powerOfTwo)]
            as [(InputPrecision, ScoreLink)]
        {
            #expect(throws: ModelError.self) {
                try RiskModel(
                    catalogueHash: [], terms: usual.terms, forest: usual.forest, intercept: 0,
                    calibration: .identity, thresholds: usual.thresholds, precision: precision,
                    link: link)
            }
        }
    }

    @Test func `what is wrong is named`() throws {
        let bytes = try Samples.model().encoded()
        func reason(_ bytes: [UInt8]) -> ModelError.Reason? {
            do {
                _ = try RiskModel(encoded: bytes)
                return nil
            } catch { return error.reason }
        }
        #expect(reason([]) == .notAModel)
        #expect(reason(Array("not a model at all".utf8)) == .notAModel)
        var other = bytes
        other[8] = 9
        #expect(reason(other) == .unknownVersion(9))
        #expect(
            reason(Array(bytes.dropLast()))
                == .wrongLength(expected: bytes.count, found: bytes.count - 1))
        other = bytes
        other[200] ^= 1
        #expect(reason(other) == .wrongChecksum)
    }

    @Test func `a file that cannot be used is named with its path`() throws {
        do {
            _ = try RiskModel.load(path: "/nonexistent/model.hfm")
            Issue.record("was loaded")
        } catch {
            #expect(error.path == "/nonexistent/model.hfm")
            #expect(error.description.contains("/nonexistent/model.hfm"))
        }
        #expect(throws: ModelError.self) { try RiskModel.load(path: "/") }
    }

    @Test func `numbers that could not be scored are refused`() throws {
        let model = try Samples.model(features: 2, trees: 0)
        var term = model.terms[0]
        term.scale = 0
        #expect(throws: ModelError.self) {
            try RiskModel(
                catalogueHash: [], terms: [term], forest: nil, intercept: 0,
                calibration: .identity, thresholds: model.thresholds)
        }
        #expect(throws: ModelError.self) {
            try RiskModel(
                catalogueHash: [], terms: model.terms, forest: nil, intercept: .nan,
                calibration: .identity, thresholds: model.thresholds)
        }
        var steps = model.terms
        steps[0].steps = StepTerm(bins: .cuts([2, 1]), weights: [0, 0, 0, 0])
        let unordered = steps
        steps[0].steps = StepTerm(bins: .cuts([1]), weights: [0, 0])
        let short = steps
        let pair = PairTerm(
            first: 0, second: 1, firstGroups: [0], secondGroups: [0], weights: [1])
        for (terms, pairs) in [(unordered, []), (short, []), (model.terms, [pair])] {
            #expect(throws: ModelError.self) {
                try RiskModel(
                    catalogueHash: [], terms: terms, pairs: pairs, forest: nil, intercept: 0,
                    calibration: .identity, thresholds: model.thresholds)
            }
        }
        #expect(Thresholds(challenge: 0.5, hold: 0.4, decline: 0.9) == nil)
        #expect(Thresholds(challenge: .nan, hold: 0.4, decline: 0.9) == nil)
        #expect(Thresholds(challenge: 0.1, hold: 0.4, decline: 1.1) == nil)
    }
}

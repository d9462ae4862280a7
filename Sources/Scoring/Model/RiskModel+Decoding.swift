internal import Cryptography

/// Reads what `encoded()` writes.
extension RiskModel {
    /// Reads a model; every byte counts for the checksum, every number for its range.
    public init(encoded bytes: [UInt8]) throws(ModelError) {
        guard bytes.starts(with: Self.magic) else { throw ModelError(.notAModel) }
        var header = ByteReader(bytes[Self.magic.count...])
        guard bytes.count >= Self.headerLength else {
            throw ModelError(
                .wrongLength(
                    expected: Self.headerLength + Self.checksumLength, found: bytes.count))
        }
        let version = try header.integer(UInt32.self, "header")
        guard Self.formatVersions.contains(version) else {
            throw ModelError(.unknownVersion(version))
        }
        let numbers = (
            try header.integer(UInt8.self, "header"), try header.integer(UInt8.self, "header"),
            try header.integer(UInt16.self, "header")
        )
        let length = try header.integer(UInt64.self, "header")
        guard length == UInt64(bytes.count),
            bytes.count >= Self.headerLength + Self.checksumLength
        else {
            throw ModelError(
                .wrongLength(expected: Int(clamping: length), found: bytes.count))
        }
        let end = bytes.count - Self.checksumLength
        guard SHA256.hash(Array(bytes[..<end])).bytes.elementsEqual(bytes[end...]) else {
            throw ModelError(.wrongChecksum)
        }
        guard let precision = InputPrecision(rawValue: numbers.0),
            let link = ScoreLink(rawValue: numbers.1), numbers.2 == 0
        else { throw ModelError(.malformed("unknown precision or link \(numbers)")) }
        try self.init(content: bytes[Self.headerLength..<end], precision, link)
        guard version == formatVersion else {
            throw ModelError(
                .malformed(
                    "format version \(version) is not that of what is in it, \(formatVersion)"))
        }
    }

    private init(
        content: ArraySlice<UInt8>, _ precision: InputPrecision, _ link: ScoreLink
    ) throws(ModelError) {
        var reader = ByteReader(content)
        let catalogueHash = Array(try reader.sized("catalogue hash"))
        let provenance = Provenance(
            seed: try reader.integer(UInt64.self, "provenance"),
            dataHash: Array(try reader.sized("provenance")),
            from: try reader.integer(Int64.self, "provenance"),
            until: try reader.integer(Int64.self, "provenance"),
            rows: try reader.integer(UInt64.self, "provenance"),
            frauds: try reader.integer(UInt64.self, "provenance"),
            labelsKnownUntil: try Self.readMoment(from: &reader))
        let limits = (
            try reader.double("thresholds"), try reader.double("thresholds"),
            try reader.double("thresholds")
        )
        guard
            let thresholds = Thresholds(challenge: limits.0, hold: limits.1, decline: limits.2)
        else { throw ModelError(.malformed("thresholds \(limits) do not ascend")) }
        let intercept = try reader.double("intercept")
        let calibration = Calibration(
            slope: try reader.double("calibration"), offset: try reader.double("calibration"))
        let count = try reader.integer(UInt32.self, "features")
        guard count <= Self.maximumFeatures else {
            throw ModelError(.malformed("\(count) features"))
        }
        var terms: [FeatureTerm] = []
        for _ in 0..<count { terms.append(try Self.readTerm(from: &reader)) }
        let pairCount = try reader.integer(UInt32.self, "pairs")
        guard pairCount <= Self.maximumPairs else {
            throw ModelError(.malformed("\(pairCount) pairs"))
        }
        var pairs: [PairTerm] = []
        for _ in 0..<pairCount { pairs.append(try Self.readPair(terms, from: &reader)) }
        let hasForest = try Self.readFlag(from: &reader, "forest")
        let forest = hasForest ? try Self.readForest(from: &reader) : nil
        guard reader.isAtEnd else { throw ModelError(.malformed("bytes after its end")) }
        try self.init(
            catalogueHash: catalogueHash, terms: terms, pairs: pairs, forest: forest,
            intercept: intercept, calibration: calibration, thresholds: thresholds,
            precision: precision, link: link, provenance: provenance)
    }

    /// Nil if it is not known: the least number stands for that.
    private static func readMoment(from reader: inout ByteReader) throws(ModelError) -> Int64? {
        let moment = try reader.integer(Int64.self, "provenance")
        return moment == .min ? nil : moment
    }

    private static func readFlag(
        from reader: inout ByteReader, _ what: String
    ) throws(ModelError) -> Bool {
        let flag = try reader.integer(UInt8.self, what)
        guard flag < 2 else { throw ModelError(.malformed("\(what) flag is \(flag)")) }
        return flag == 1
    }

    private static func readTerm(
        from reader: inout ByteReader
    ) throws(ModelError) -> FeatureTerm {
        guard let name = String(validating: try reader.sized("feature name"), as: UTF8.self) else {
            throw ModelError(.malformed("a feature's name is not UTF-8"))
        }
        let raw = try reader.integer(UInt8.self, name)
        guard let transform = FeatureTransform(rawValue: raw) else {
            throw ModelError(.malformed("feature \(name) has unknown transform \(raw)"))
        }
        var term = FeatureTerm(
            name: name, transform: transform, mean: try reader.double(name),
            scale: try reader.double(name), weight: try reader.double(name),
            baseline: try reader.double(name))
        guard let bins = try readBins(name, from: &reader) else { return term }
        var weights: [Double] = []
        for _ in 0..<bins.count { weights.append(try reader.double(name)) }
        term.steps = StepTerm(bins: bins, weights: weights)
        return term
    }

    private static func readBins(
        _ name: String, from reader: inout ByteReader
    ) throws(ModelError) -> FeatureBins? {
        let kind = try reader.integer(UInt8.self, name)
        guard kind > 0 else { return nil }
        guard kind < 3 else { throw ModelError(.malformed("feature \(name) has bins \(kind)")) }
        let count = Int(try reader.integer(UInt16.self, name))
        guard count + 2 <= FeatureBins.maximumCount else {
            throw ModelError(.malformed("feature \(name) has \(count + 2) bins"))
        }
        if kind == 2 {
            var levels: [Double] = []
            for _ in 0..<count { levels.append(try reader.double(name)) }
            return .levels(levels)
        }
        var cuts: [Float] = []
        for _ in 0..<count {
            cuts.append(Float(bitPattern: try reader.integer(UInt32.self, name)))
        }
        return .cuts(cuts)
    }

    private static func readPair(
        _ terms: [FeatureTerm], from reader: inout ByteReader
    ) throws(ModelError) -> PairTerm {
        let first = Int(try reader.integer(UInt16.self, "pair"))
        let second = Int(try reader.integer(UInt16.self, "pair"))
        guard first < terms.count, second < terms.count, let rows = terms[first].steps?.bins,
            let columns = terms[second].steps?.bins
        else { throw ModelError(.malformed("a pair of features \(first) and \(second)")) }
        var pair = PairTerm(
            first: first, second: second, firstGroups: Array(try reader.take(rows.count, "pair")),
            secondGroups: Array(try reader.take(columns.count, "pair")), weights: [])
        for _ in 0..<pair.firstGroupCount * pair.secondGroupCount {
            pair.weights.append(try reader.double("pair"))
        }
        return pair
    }

    private static func readForest(
        from reader: inout ByteReader
    ) throws(ModelError) -> ForestTerm {
        let raw = try reader.integer(UInt8.self, "forest")
        guard let inputs = ForestTerm.Inputs(rawValue: raw) else {
            throw ModelError(.malformed("the forest sees unknown inputs \(raw)"))
        }
        let numbers = (
            try reader.double("forest"), try reader.double("forest"), try reader.double("forest")
        )
        let subsample = Int(try reader.integer(UInt32.self, "forest"))
        let featureCount = Int(try reader.integer(UInt32.self, "forest"))
        let treeCount = Int(try reader.integer(UInt32.self, "forest"))
        guard treeCount <= IsolationForest.maximumTrees else {
            throw ModelError(.malformed("\(treeCount) trees"))
        }
        var trees: [IsolationTree] = []
        for _ in 0..<treeCount { trees.append(try readTree(from: &reader)) }
        let forest = try IsolationForest(
            subsample: subsample, featureCount: featureCount, trees: trees)
        return ForestTerm(
            forest: forest, inputs: inputs, mean: numbers.0, scale: numbers.1, weight: numbers.2)
    }

    private static func readTree(
        from reader: inout ByteReader
    ) throws(ModelError) -> IsolationTree {
        var builder = IsolationTree.Builder()
        while !builder.isComplete {
            let feature = try reader.integer(UInt16.self, "tree")
            if feature == .max {
                builder.append(leaf: try reader.integer(UInt32.self, "tree"))
            } else {
                let threshold = Float(bitPattern: try reader.integer(UInt32.self, "tree"))
                guard builder.append(split: feature, threshold: threshold) else {
                    throw ModelError(
                        .malformed("a tree is deeper than \(IsolationTree.maximumDepth)"))
                }
            }
        }
        return builder.finish()
    }
}

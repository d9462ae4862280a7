internal import Cryptography

/// # The model file, version 1
///
/// Little-endian throughout; `f64` is IEEE 754 binary64, `sized` a `u32` length and that many
/// bytes.
///
/// | bytes | content |
/// |---|---|
/// | 8 | `HOLDFMDL` |
/// | u32, u32 | format version (1), reserved (0) |
/// | u64 | length of the whole file, checksum included |
/// | sized | catalogue hash |
/// | u64, sized, i64, i64, u64, u64 | provenance: seed, data hash, from, until, rows, frauds |
/// | f64 × 3 | thresholds: challenge, hold, decline |
/// | f64 × 3 | intercept, calibration slope, calibration offset |
/// | u32 | number of features; then for each: |
/// | sized, u8, u8 | name (UTF-8), transform, 1 if it has a missing term |
/// | f64 × 4 (+ 2) | mean, scale, weight, baseline (missing: share, weight) |
/// | u8 | 1 if a forest follows: |
/// | f64 × 3 | mean, scale, weight of its score |
/// | u32, u32, u32 | subsample ψ, number of features, number of trees; then the nodes of each tree, see below |
/// | 32 | SHA-256 of everything before |
///
/// Nodes stand in preorder (node, left subtree, right subtree). An inner node is a `u16` feature
/// index and an `f32` threshold (below it: left); a leaf is the `u16` 65,535 and a `u32`, the rows
/// of the subsample in it.
extension RiskModel {
    private static let magic = Array("HOLDFMDL".utf8)
    private static let headerLength = 24
    private static let checksumLength = 32

    /// The model as a file's bytes: equal models have equal bytes.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.append(raw: Self.magic)
        writer.append(Self.formatVersion)
        writer.append(UInt32(0))
        writer.append(UInt64(0))
        writer.append(sized: catalogueHash)
        writer.append(provenance.seed)
        writer.append(sized: provenance.dataHash)
        writer.append(provenance.from)
        writer.append(provenance.until)
        writer.append(provenance.rows)
        writer.append(provenance.frauds)
        for number in [
            thresholds.challenge, thresholds.hold, thresholds.decline, intercept,
            calibration.slope, calibration.offset,
        ] { writer.append(number) }
        writer.append(UInt32(terms.count))
        for term in terms { Self.write(term, to: &writer) }
        writer.append(UInt8(forest == nil ? 0 : 1))
        if let forest { Self.write(forest, to: &writer) }
        writer.replace(
            at: Self.magic.count + 8, with: UInt64(writer.bytes.count + Self.checksumLength))
        writer.append(raw: SHA256.hash(writer.bytes).bytes)
        return writer.bytes
    }

    private static func write(_ term: FeatureTerm, to writer: inout ByteWriter) {
        writer.append(sized: term.name.utf8)
        writer.append(term.transform.rawValue)
        writer.append(UInt8(term.missing == nil ? 0 : 1))
        for number in [term.mean, term.scale, term.weight, term.baseline] { writer.append(number) }
        if let missing = term.missing {
            writer.append(missing.share)
            writer.append(missing.weight)
        }
    }

    private static func write(_ term: ForestTerm, to writer: inout ByteWriter) {
        for number in [term.mean, term.scale, term.weight] { writer.append(number) }
        writer.append(UInt32(term.forest.subsample))
        writer.append(UInt32(term.forest.featureCount))
        writer.append(UInt32(term.forest.trees.count))
        for tree in term.forest.trees {
            for node in tree.nodes {
                switch node {
                case .split(let feature, let threshold, _):
                    writer.append(feature)
                    writer.append(threshold.bitPattern)
                case .leaf(let size):
                    writer.append(UInt16.max)
                    writer.append(size)
                }
            }
        }
    }

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
        guard version == Self.formatVersion else { throw ModelError(.unknownVersion(version)) }
        _ = try header.integer(UInt32.self, "header")
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
        try self.init(content: bytes[Self.headerLength..<end])
    }

    private init(content: ArraySlice<UInt8>) throws(ModelError) {
        var reader = ByteReader(content)
        let catalogueHash = Array(try reader.sized("catalogue hash"))
        let provenance = Provenance(
            seed: try reader.integer(UInt64.self, "provenance"),
            dataHash: Array(try reader.sized("provenance")),
            from: try reader.integer(Int64.self, "provenance"),
            until: try reader.integer(Int64.self, "provenance"),
            rows: try reader.integer(UInt64.self, "provenance"),
            frauds: try reader.integer(UInt64.self, "provenance"))
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
        let hasForest = try Self.readFlag(from: &reader, "forest")
        let forest = hasForest ? try Self.readForest(from: &reader) : nil
        guard reader.isAtEnd else { throw ModelError(.malformed("bytes after its end")) }
        try self.init(
            catalogueHash: catalogueHash, terms: terms, forest: forest, intercept: intercept,
            calibration: calibration, thresholds: thresholds, provenance: provenance)
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
        let hasMissing = try readFlag(from: &reader, name)
        var term = FeatureTerm(
            name: name, transform: transform, mean: try reader.double(name),
            scale: try reader.double(name), weight: try reader.double(name),
            baseline: try reader.double(name))
        if hasMissing {
            term.missing = MissingTerm(
                share: try reader.double(name), weight: try reader.double(name))
        }
        return term
    }

    private static func readForest(
        from reader: inout ByteReader
    ) throws(ModelError) -> ForestTerm {
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
        return ForestTerm(forest: forest, mean: numbers.0, scale: numbers.1, weight: numbers.2)
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

internal import Cryptography

/// # The model file, versions 2 and 3
///
/// Little-endian throughout; `f64` is IEEE 754 binary64, `sized` a `u32` length and that many
/// bytes.
///
/// | bytes | content |
/// |---|---|
/// | 8 | `HOLDFMDL` |
/// | u32 | format version: the lowest that can hold the model |
/// | u8, u8, u16 | what inputs are rounded to: 0 nothing, 1 binary32; score: 0 logistic, 1 power of two; reserved (0). Not all 0 only in version 3 |
/// | u64 | length of the whole file, checksum included |
/// | sized | catalogue hash |
/// | u64, sized, i64, i64, u64, u64, i64 | provenance: seed, data hash, from, until, rows, frauds, when the last label became known (least: unknown) |
/// | f64 × 3 | thresholds: challenge, hold, decline |
/// | f64 × 3 | intercept, calibration slope, calibration offset |
/// | u32 | number of features; then for each: |
/// | sized, u8, f64 × 4 | name (UTF-8), transform, mean, scale, weight, baseline |
/// | u8 | bins: 0 none, 1 cuts, 2 levels; if any: |
/// | u16, f32 or f64 each | number of cuts or levels, and these, ascending |
/// | f64 each | weights of the bins: missing, then below the first cut or other levels, … |
/// | u32 | number of pairs; then for each: |
/// | u16, u16 | first and second feature |
/// | u8 each | groups of the first feature's bins, then of the second's |
/// | f64 each | weights of the cells, the first feature's groups one after another |
/// | u8 | 1 if a forest follows: |
/// | u8 | what it sees: 0 standardised values, 1 raw ones, 2 raw ones with missing ones above all others (version 3) |
/// | f64 × 3 | mean, scale, weight of its score |
/// | u32, u32, u32 | subsample ψ, number of features, number of trees; then the nodes of each tree, see below |
/// | 32 | SHA-256 of everything before |
///
/// Nodes stand in preorder (node, left subtree, right subtree). An inner node is a `u16` feature
/// index and an `f32` threshold (below it: left); a leaf is the `u16` 65,535 and a `u32`, the rows
/// of the subsample in it.
extension RiskModel {
    static let magic = Array("HOLDFMDL".utf8)
    static let headerLength = 24
    static let checksumLength = 32

    /// The model as a file's bytes: equal models have equal bytes.
    public func encoded() -> [UInt8] {
        var writer = ByteWriter()
        writer.append(raw: Self.magic)
        writer.append(formatVersion)
        writer.append(precision.rawValue)
        writer.append(link.rawValue)
        writer.append(UInt16(0))
        writer.append(UInt64(0))
        writer.append(sized: catalogueHash)
        writer.append(provenance.seed)
        writer.append(sized: provenance.dataHash)
        writer.append(provenance.from)
        writer.append(provenance.until)
        writer.append(provenance.rows)
        writer.append(provenance.frauds)
        writer.append(provenance.labelsKnownUntil ?? .min)
        for number in [
            thresholds.challenge, thresholds.hold, thresholds.decline, intercept,
            calibration.slope, calibration.offset,
        ] { writer.append(number) }
        writer.append(UInt32(terms.count))
        for term in terms { Self.write(term, to: &writer) }
        writer.append(UInt32(pairs.count))
        for pair in pairs { Self.write(pair, to: &writer) }
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
        for number in [term.mean, term.scale, term.weight, term.baseline] { writer.append(number) }
        switch term.steps?.bins {
        case nil: writer.append(UInt8(0))
        case .cuts(let cuts):
            writer.append(UInt8(1))
            writer.append(UInt16(cuts.count))
            for cut in cuts { writer.append(cut.bitPattern) }
        case .levels(let levels):
            writer.append(UInt8(2))
            writer.append(UInt16(levels.count))
            for level in levels { writer.append(level) }
        }
        for weight in term.steps?.weights ?? [] { writer.append(weight) }
    }

    private static func write(_ pair: PairTerm, to writer: inout ByteWriter) {
        writer.append(UInt16(pair.first))
        writer.append(UInt16(pair.second))
        writer.append(raw: pair.firstGroups)
        writer.append(raw: pair.secondGroups)
        for weight in pair.weights { writer.append(weight) }
    }

    private static func write(_ term: ForestTerm, to writer: inout ByteWriter) {
        writer.append(term.inputs.rawValue)
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
}

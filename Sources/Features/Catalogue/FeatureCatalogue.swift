internal import Cryptography

/// All features, in the order of a row.
public enum FeatureCatalogue {
    /// The features of a row from its first place to its last.
    public static let all: [FeatureDefinition] = {
        let families = [
            velocity, counterparty, device, amount, category, place, countries, time, fraud,
            quality,
        ]
        let entries = families.flatMap { $0 }
        precondition(
            entries.map(\.feature) == Feature.allCases, "the catalogue is not in a row's order")
        return entries.map(\.definition)
    }()

    /// A feature's place in the row, with its meaning.
    typealias Entry = (feature: Feature, definition: FeatureDefinition)

    /// Number of features: doubles in a row.
    public static let count = all.count

    /// ``hash(labelDelaySeconds:)`` with the label delay that holds unless another is told.
    public static let hash: [UInt8] = digest(FeatureCapacity.standardLabelDelaySeconds)

    /// SHA-256 over every feature's name, definition, unit, window and version, in order, and over the label delay if it
    /// is not the usual one. Two engines with one hash mean the same by a row; a model is bound to it.
    public static func hash(labelDelaySeconds: Int64) -> [UInt8] {
        labelDelaySeconds == FeatureCapacity.standardLabelDelaySeconds
            ? hash : digest(labelDelaySeconds)
    }

    private static func digest(_ labelDelaySeconds: Int64) -> [UInt8] {
        var hash = SHA256()
        for feature in all {
            let line = [
                feature.name, feature.definition, feature.unit, feature.window,
                String(feature.version),
            ].joined(separator: "\u{1f}")
            hash.update(Array((line + "\n").utf8))
        }
        if labelDelaySeconds != FeatureCapacity.standardLabelDelaySeconds {
            hash.update(Array("label delay \(labelDelaySeconds) s\n".utf8))
        }
        return hash.finalize().bytes
    }

    /// Position of a feature in the row; nil if there is none of that name.
    public static func index(of name: String) -> Int? { positions[name] }

    private static let positions = Dictionary(
        uniqueKeysWithValues: all.enumerated().map { ($0.element.name, $0.offset) })
}

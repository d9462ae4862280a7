import ArgumentParser
import Features
import Foundation

struct FeaturesCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "features",
        abstract: "Print the catalogue of features: what the models look at, and what for.")

    @Flag(help: "Print one JSON array on standard output instead of a table.") var json = false

    /// A feature as the JSON has it.
    private struct Entry: Encodable {
        var name: String
        var family: String
        var definition: String
        var unit: String
        var source: String
        var window: String
        var use: String
        var categorical: Bool
        var code: String
        var sentence: String
        var version: Int

        init(_ feature: FeatureDefinition) {
            name = feature.name
            family = feature.family.rawValue
            definition = feature.definition
            unit = feature.unit
            source = feature.source
            window = feature.window
            use = feature.use
            categorical = feature.isCategorical
            code = feature.reasonCode
            sentence = feature.sentence
            version = feature.version
        }
    }

    func run() throws {
        guard !json else {
            let encoder = JSONEncoder()
            encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
            let data = try encoder.encode(FeatureCatalogue.all.map(Entry.init))
            return print(String(decoding: data, as: UTF8.self))
        }
        let all = FeatureCatalogue.all
        let width = all.map(\.name.count).max() ?? 0
        let unitWidth = all.map(\.unit.count).max() ?? 0
        for family in FeatureFamily.allCases {
            let members = all.filter { $0.family == family }
            print("\(family.rawValue) (\(members.count))")
            for feature in members {
                let name = feature.name.padding(toLength: width, withPad: " ", startingAt: 0)
                let unit = feature.unit.padding(toLength: unitWidth, withPad: " ", startingAt: 0)
                print("  \(name)  \(unit)  \(feature.definition)")
                print("  \(String(repeating: " ", count: width + unitWidth + 2))  → \(feature.use)")
            }
        }
        print("\(all.count) features; a value whose source was not told is missing, never zero")
    }
}

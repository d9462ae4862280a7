internal import Foundation

/// Where prices are read from. A file that is not there is no price list: then there are no fees, no limits, or no rates.
public struct PriceFiles: Sendable {
    /// Folder of fee schedules, one version a file, `*.json`.
    public var fees: String
    /// Limits by tier.
    public var limits: String
    /// Rates of exchange.
    public var rates: String
    /// What is kept of them.
    public var spreads: String

    /// The usual names in a folder.
    public init(folder: String) {
        fees = "\(folder)/fees"
        limits = "\(folder)/limits.csv"
        rates = "\(folder)/rates.csv"
        spreads = "\(folder)/spreads.csv"
    }

    /// Files of all versions of the price list, by name.
    var feeSchedules: [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: fees)) ?? []
        return names.filter { $0.hasSuffix(".json") }.sorted().map { "\(fees)/\($0)" }
    }
}

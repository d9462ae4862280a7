internal import EventLog

/// The spread of each pair, the same in both directions. A rate through a pivot has the spread of
/// its own two currencies, once, and not those of its two legs.
public struct Spreads: Sendable, Equatable {
    /// For pairs without one of their own.
    public let standard: Spread
    private let byPair: [CurrencyPair: Spread]

    /// Spreads; `duplicate_pair` if two are for one pair, be it the other way around.
    public init(
        standard: Spread, pairs: [(pair: CurrencyPair, spread: Spread)] = []
    ) throws(FXError) {
        var byPair: [CurrencyPair: Spread] = [:]
        for (pair, spread) in pairs {
            guard byPair.updateValue(spread, forKey: pair.undirected) == nil else {
                throw FXError(
                    .duplicatePair, "\(pair) has a spread already, which is for both directions")
            }
        }
        self.standard = standard
        self.byPair = byPair
    }

    /// The spread between two currencies.
    public func spread(of pair: CurrencyPair) -> Spread { byPair[pair.undirected] ?? standard }

    /// Reads lines of `base,quote,parts per million`, and one of `default,parts per million`. Lines
    /// that are empty or begin with `#` are passed over. Errors have their line.
    public init(text: String) throws(FXError) {
        var standard: Spread?
        var byPair: [CurrencyPair: Spread] = [:]
        for line in try TextLine.all(of: text) {
            if line.fields.count == 2, line.fields[0] == "default" {
                guard standard == nil else {
                    throw line.failure(.duplicateSetting, "default is given twice")
                }
                standard = try Self.spread(line.fields[1], line)
                continue
            }
            guard line.fields.count == 3 else {
                throw line.failure(
                    .malformedLine,
                    "a line is default and a spread, or two currencies and a spread, as in "
                        + "EUR,USD,2500")
            }
            let pair = try line.pair()
            let spread = try Self.spread(line.fields[2], line)
            guard byPair.updateValue(spread, forKey: pair.undirected) == nil else {
                throw line.failure(
                    .duplicatePair, "\(pair) has a spread already, which is for both directions")
            }
        }
        guard let standard else {
            throw FXError(
                .missingSetting, "there is no line for pairs without a spread, as in default,5000")
        }
        self.standard = standard
        self.byPair = byPair
    }

    private static func spread(_ text: String, _ line: TextLine) throws(FXError) -> Spread {
        let parts = try line.integer(text)
        do throws(FXError) { return try Spread(partsPerMillion: parts) } catch {
            throw error.at(line: line.number)
        }
    }
}

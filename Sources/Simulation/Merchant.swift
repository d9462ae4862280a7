/// A shop: where it is, what it sells, what that costs.
struct Merchant: Sendable {
    /// ISO 18245 code.
    var category: UInt16
    /// Index in ``Place/cities``; nil if it sells over the network only.
    var city: Int?
    var place: Place
    /// Median price in major units.
    var price: Double
    /// Deviation of the price's logarithm.
    var spread: Double
    /// Pays are authorized first and captured later.
    var authorizes: Bool

    private struct Trade {
        var category: UInt16
        var price: Double
        var spread: Double
        var onlineShare: Double
        var weight: Double
        var authorizes: Bool
    }

    private static let trades: [Trade] = [
        Trade(
            category: 5411, price: 28, spread: 0.7, onlineShare: 0.1, weight: 6, authorizes: false),
        Trade(
            category: 5814, price: 11, spread: 0.5, onlineShare: 0.2, weight: 6, authorizes: false),
        Trade(category: 5812, price: 38, spread: 0.6, onlineShare: 0, weight: 4, authorizes: false),
        Trade(category: 5541, price: 45, spread: 0.4, onlineShare: 0, weight: 2, authorizes: true),
        Trade(
            category: 4111, price: 4, spread: 0.6, onlineShare: 0.4, weight: 4, authorizes: false),
        Trade(
            category: 5732, price: 160, spread: 1.0, onlineShare: 0.6, weight: 1.5,
            authorizes: false),
        Trade(
            category: 5651, price: 55, spread: 0.7, onlineShare: 0.5, weight: 3, authorizes: false),
        Trade(category: 5816, price: 9, spread: 0.9, onlineShare: 1, weight: 3, authorizes: false),
        Trade(
            category: 5947, price: 40, spread: 0.8, onlineShare: 0.7, weight: 1, authorizes: false),
        Trade(
            category: 7011, price: 140, spread: 0.6, onlineShare: 0.3, weight: 1, authorizes: true),
        Trade(
            category: 4511, price: 230, spread: 0.7, onlineShare: 1, weight: 0.7, authorizes: true),
        Trade(
            category: 4900, price: 85, spread: 0.4, onlineShare: 1, weight: 1.2, authorizes: false),
    ]

    static func random(city: Int, _ random: inout SeededRandom) -> Merchant {
        let trade = trades[random.index(weights: trades.map(\.weight))]
        let isOnline = random.chance(trade.onlineShare)
        return Merchant(
            category: trade.category, city: isOnline ? nil : city,
            place: Place.cities[city].near(spreadKm: 6, &random),
            price: random.logNormal(median: trade.price, sigma: 0.35), spread: trade.spread,
            authorizes: trade.authorizes)
    }
}

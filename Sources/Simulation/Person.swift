internal import EventLog

/// Somebody with a wallet: where they live, what they are used to, and where they are now.
struct Person: Sendable {
    /// Index in ``Place/cities``.
    var city: Int
    var home: Place
    var work: Place
    /// Payments a day in everyday life.
    var rate: Double
    /// Multiplies prices.
    var wealth: Double
    /// Solar hour around which they pay, and how widely.
    var hour: Double
    var hourSpread: Double
    /// Merchants and people they keep going back to.
    var merchants: [Int]
    var friends: [Int]
    var devices: [String]
    var instruments: [String]
    var homeAddress: String
    /// A tablet that a household shares.
    var sharedDevice: String?
    /// Index of the relay that their payments over the network mostly come through.
    var exit: Int?
    /// City whose gateway their phone company leads some of their payments through.
    var gateway: Int?
    /// Probability that a payment tells its place.
    var tellsPlace: Double
    /// Day of the month, 0 ..< 30, on which they are paid.
    var payday: Int
    /// Money available, in minor units.
    var available: Int64
    /// Minor units that come in when the account runs low.
    var income: Int64

    /// Where they were at their latest payment.
    var position: Place
    var positionTime: Timestamp = .none
    /// City and end of a trip.
    var trip: (city: Int, until: Timestamp)?
    /// Somebody else's device while their own is gone.
    var borrowed: (device: String, from: Timestamp, until: Timestamp)?
    /// Their next phone, and when they have it.
    var renewal: (device: String, from: Timestamp)?

    /// The device that they mostly pay with at a moment.
    mutating func phone(at now: Timestamp) -> String {
        if let renewal, !(now < renewal.from) {
            devices[0] = renewal.device
            self.renewal = nil
        }
        if let borrowed, !(now < borrowed.from), now < borrowed.until { return borrowed.device }
        return devices[0]
    }

    static func random(
        city: Int, merchants: [Int], friends: [Int], _ random: inout SeededRandom
    ) -> Person {
        let home = Place.cities[city].near(spreadKm: 8, &random)
        let wealth = random.logNormal(median: 1, sigma: 0.5)
        let income = Int64(random.logNormal(median: 2_600, sigma: 0.5) * wealth * 100)
        return Person(
            city: city, home: home, work: Place.cities[city].near(spreadKm: 4, &random),
            rate: min(12, random.logNormal(median: 1, sigma: 0.95)), wealth: wealth,
            hour: random.uniform(10, 20), hourSpread: random.uniform(2, 5),
            merchants: merchants, friends: friends,
            devices: (0..<(random.chance(0.35) ? 2 : 1)).map { _ in Identifier.device(&random) },
            instruments: (0..<(random.chance(0.4) ? 2 : 1)).map { _ in
                Identifier.instrument(&random)
            },
            homeAddress: Identifier.address(&random),
            exit: random.chance(0.07) ? random.below(Population.exitCount) : nil,
            gateway: random.chance(0.05) ? random.below(Place.cities.count) : nil,
            tellsPlace: random.chance(0.12) ? random.uniform(0, 0.4) : random.uniform(0.85, 1),
            payday: random.below(30),
            available: Int64(Double(income) * random.uniform(0.3, 2.5)), income: income,
            position: home)
    }
}

/// Opaque texts for what identifies a device, a means of payment, a network address.
enum Identifier {
    static func device(_ random: inout SeededRandom) -> String {
        "d-" + hex(random.next() >> 36, 7)
    }
    static func instrument(_ random: inout SeededRandom) -> String {
        "c-" + hex(random.next() >> 36, 7)
    }

    static func address(_ random: inout SeededRandom) -> String {
        "10.\(random.below(256)).\(random.below(256)).\(1 + random.below(254))"
    }

    static func owner(_ random: inout SeededRandom) -> String { "own-" + hex(random.next(), 16) }

    private static func hex(_ value: UInt64, _ width: Int) -> String {
        let digits = String(value, radix: 16)
        return String(repeating: "0", count: width - digits.count) + digits
    }
}

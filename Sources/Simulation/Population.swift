public import EventLog

/// A seeded population: people with homes, habits, devices and balances, merchants, and fraudsters.
/// Accounts 0 ..< people are people's, those after them merchants'. Equal seeds and sizes give
/// equal populations.
public struct Population: Sendable {
    /// Number of people.
    public let peopleCount: Int
    /// Number of merchants.
    public let merchantCount: Int
    /// The one currency that all of them pay in.
    public let currency: Currency
    var people: [Person]
    let merchants: [Merchant]
    /// Merchants of each city, then those on the network, in ascending order.
    let shops: [[Int]]
    let onlineShops: [Int]
    /// People whom many others pay, for what they sell.
    let sellers: [Int]
    /// People who now and then say of their own payments that they were somebody else's.
    let disputers: [Int]
    /// Addresses of mobile carriers, shared by the many of a city.
    let carrierAddresses: [[String]]
    /// Relays that hide where somebody is, used by honest people and fraudsters alike.
    let exits: [(city: Int, addresses: [String])]
    var fraudsters: Fraudsters
    var agenda = PaymentAgenda()
    var random: SeededRandom
    /// Incomes that are due before the next payments.
    var topUps: [TopUp] = []
    private let owners: [String]
    private let openingBalances: [Int64]

    static let exitCount = 24

    /// - Parameters:
    ///   - people: at least 10.
    ///   - merchants: at least 10; nil for one to eight people, 40 to 2,000.
    public init(seed: UInt64, people peopleCount: Int, merchants merchantCount: Int? = nil) {
        let merchantCount = merchantCount ?? min(2_000, max(40, peopleCount / 8))
        precondition(
            peopleCount >= 10 && merchantCount >= 10, "a population has 10 of each at least")
        guard let currency = Currency(code: "USD") else { preconditionFailure("USD is known") }
        self.peopleCount = peopleCount
        self.merchantCount = merchantCount
        self.currency = currency
        var random = SeededRandom(seed: seed, stream: 1)
        // The larger cities have more of both.
        let cityWeights = Place.cities.indices.map { 1 / Double(2 + $0) }
        var merchants: [Merchant] = []
        var shops = [[Int]](repeating: [], count: Place.cities.count)
        var onlineShops: [Int] = []
        for index in 0..<merchantCount {
            let merchant = Merchant.random(city: random.index(weights: cityWeights), &random)
            merchants.append(merchant)
            if let city = merchant.city {
                shops[city].append(index)
            } else {
                onlineShops.append(index)
            }
        }
        if onlineShops.isEmpty {
            merchants[0].city = nil
            for city in shops.indices { shops[city].removeAll { $0 == 0 } }
            onlineShops = [0]
        }
        var people: [Person] = []
        for index in 0..<peopleCount {
            let city = random.index(weights: cityWeights)
            let local = (0..<(3 + random.below(6))).compactMap { _ in
                shops[city].isEmpty ? nil : Self.popular(shops[city], &random)
            }
            let online = (0..<(2 + random.below(3))).map { _ in Self.popular(onlineShops, &random) }
            let friends = (0..<(2 + random.below(4))).map { _ in
                Self.other(than: index, of: peopleCount, &random)
            }
            people.append(
                Person.random(
                    city: city, merchants: local + online, friends: friends, &random))
        }
        Self.formHouseholds(&people, &random)
        self.merchants = merchants
        self.shops = shops
        self.onlineShops = onlineShops
        sellers = (0..<max(3, peopleCount / 50)).map { _ in random.below(peopleCount) }
        disputers = (0..<max(3, peopleCount / 150)).map { _ in random.below(peopleCount) }
        carrierAddresses = Place.cities.map { _ in
            (0..<max(2, peopleCount / 400)).map { _ in Identifier.address(&random) }
        }
        exits = (0..<Self.exitCount).map { _ in
            let addresses = (0..<(2 + random.below(4))).map { _ in Identifier.address(&random) }
            return (random.below(Place.cities.count), addresses)
        }
        owners = (0..<peopleCount + merchantCount).map { _ in Identifier.owner(&random) }
        openingBalances = people.map(\.available) + merchants.map { Int64($0.price * 1_000) }
        self.people = people
        fraudsters = Fraudsters(peopleCount: peopleCount, &random)
        self.random = random
    }

    /// All accounts, in the order of their indices.
    public var accounts: [SimulatedAccount] {
        owners.indices.map {
            SimulatedAccount(
                index: $0, owner: owners[$0], openingBalanceMinor: openingBalances[$0],
                currency: currency)
        }
    }

    /// Incomes that came in since the last call, in order: they precede the payments drawn since.
    public mutating func takeTopUps() -> [TopUp] {
        defer { topUps = [] }
        return topUps
    }

    /// Lets some people live with the one before: at one place, behind one address, with a device for all.
    private static func formHouseholds(_ people: inout [Person], _ random: inout SeededRandom) {
        var size = 1
        for index in people.indices.dropFirst() {
            guard size < 5, random.chance(0.42) else {
                size = 1
                continue
            }
            size += 1
            let other = people[index - 1]
            people[index].city = other.city
            people[index].home = other.home
            people[index].position = other.home
            people[index].homeAddress = other.homeAddress
            people[index].sharedDevice = other.sharedDevice
            if other.sharedDevice == nil, random.chance(0.5) {
                let device = Identifier.device(&random)
                people[index - 1].sharedDevice = device
                people[index].sharedDevice = device
            }
            people[index].merchants =
                other.merchants.filter { _ in random.chance(0.4) }
                + people[index].merchants
            people[index].friends.append(index - 1)
            people[index - 1].friends.append(index)
        }
    }

    /// One of a list whose first entries are the most popular.
    static func popular(_ list: [Int], _ random: inout SeededRandom) -> Int {
        let u = random.uniform()
        return list[min(list.count - 1, Int(Double(list.count) * u * u))]
    }

    static func other(than index: Int, of count: Int, _ random: inout SeededRandom) -> Int {
        let drawn = random.below(count - 1)
        return drawn >= index ? drawn + 1 : drawn
    }
}

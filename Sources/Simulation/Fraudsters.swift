/// What fraudsters have: devices and addresses that they use again and again, and accounts of people who pass stolen
/// money on for them.
struct Fraudsters: Sendable {
    private var devices: [String]
    private var addresses: [String]
    private var mules: [Int]

    init(peopleCount: Int, _ random: inout SeededRandom) {
        devices = (0..<12).map { _ in Identifier.device(&random) }
        addresses = (0..<16).map { _ in Identifier.address(&random) }
        mules = (0..<max(3, peopleCount / 400)).map { _ in random.below(peopleCount) }
    }

    /// One of the devices at hand; most are thrown away before long.
    mutating func device(_ random: inout SeededRandom) -> String {
        let index = random.below(devices.count)
        if random.chance(0.5) { devices[index] = Identifier.device(&random) }
        return devices[index]
    }

    mutating func address(_ random: inout SeededRandom) -> String {
        let index = random.below(addresses.count)
        if random.chance(0.4) { addresses[index] = Identifier.address(&random) }
        return addresses[index]
    }

    /// Somebody who passes money on; now and then somebody new among `people`.
    mutating func mule(among people: Range<Int>, _ random: inout SeededRandom) -> Int {
        let index = random.below(mules.count)
        if random.chance(0.12) || !people.contains(mules[index]) {
            mules[index] = people.lowerBound + random.below(people.count)
        }
        return mules[index]
    }
}

internal import EventLog

/// What fraudsters have: devices and addresses that they use again and again, and campaigns under
/// way.
struct Fraudsters: Sendable {
    var devices: [String]
    var addresses: [String]
    var pending: [FraudStep] = []

    init(_ random: inout SeededRandom) {
        devices = (0..<14).map { _ in Identifier.device(&random) }
        addresses = (0..<20).map { _ in Identifier.address(&random) }
    }

    /// Adds a step, keeping the earliest last; equal times in the order added.
    mutating func schedule(_ step: FraudStep) {
        let position = pending.firstIndex { !(step.due < $0.due) } ?? pending.count
        pending.insert(step, at: position)
    }

    /// The earliest step, if it is due.
    mutating func takeDue(by now: Timestamp) -> FraudStep? {
        guard let next = pending.last, !(now < next.due) else { return nil }
        return pending.removeLast()
    }

    mutating func device(_ random: inout SeededRandom) -> String {
        let index = random.below(devices.count)
        if random.chance(0.4) { devices[index] = Identifier.device(&random) }
        return devices[index]
    }

    mutating func address(_ random: inout SeededRandom) -> String {
        let index = random.below(addresses.count)
        if random.chance(0.4) { addresses[index] = Identifier.address(&random) }
        return addresses[index]
    }
}

/// One payment that a fraudster plans.
struct FraudStep: Sendable {
    enum Amount: Sendable {
        case major(Double)
        /// Of what the payer has then.
        case share(Double)
        /// Of the merchant's usual price.
        case timesPrice(Double)
    }

    var due: Timestamp
    var kind: FraudKind
    var payer: Int
    /// Account index.
    var payee: Int
    var amount: Amount
    /// Nil: the payer's own.
    var device: String?
    var address: String?
    /// Nil: where the payer is.
    var place: Place?
    var hidesPlace = false
}

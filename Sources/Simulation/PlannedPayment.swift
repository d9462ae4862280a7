internal import EventLog

/// One payment that is planned ahead: by a fraudster, or for an occasion of honest life.
struct PlannedPayment: Sendable {
    enum Amount: Sendable {
        case major(Double)
        /// Of what the payer has then.
        case share(Double)
        /// Of the merchant's usual price.
        case timesPrice(Double)
    }

    var due: Timestamp
    /// Nil for an honest payment.
    var fraud: FraudKind?
    var payer: Int
    /// Account index, not the payer's.
    var payee: Int
    var amount: Amount
    /// Nil: all that is shown is the payer's own, as in everyday life.
    var disguise: Disguise?
}

/// What a payment shows that is not made with the payer's own means alone.
struct Disguise: Sendable {
    enum Whereabouts: Sendable {
        /// Where the payer was last.
        case payers
        case hidden
        case at(Place)
    }

    /// Nil: the payer's own.
    var device: String?
    /// Nil: the payer's own.
    var address: String?
    var whereabouts: Whereabouts
}

/// Payments to come, the earliest first; equal times in the order in which they were planned.
struct PaymentAgenda: Sendable {
    /// The earliest last.
    private var pending: [PlannedPayment] = []

    /// Adds a payment, in time that grows with the logarithm of those to come and the number of earlier ones.
    mutating func schedule(_ payment: PlannedPayment) {
        var (low, high) = (0, pending.count)
        while low < high {
            let middle = (low + high) / 2
            if payment.due < pending[middle].due { low = middle + 1 } else { high = middle }
        }
        pending.insert(payment, at: low)
    }

    /// The earliest payment, if it is due.
    mutating func takeDue(by now: Timestamp) -> PlannedPayment? {
        guard let next = pending.last, !(now < next.due) else { return nil }
        return pending.removeLast()
    }
}

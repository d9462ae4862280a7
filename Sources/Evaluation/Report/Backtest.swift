public import EventLog

/// What a policy would have done to payments of which it is known what became of them, in money.
public struct Backtest: Sendable, Equatable, Codable {
    /// Payments and their amounts, in minor units.
    public struct Sum: Sendable, Equatable, Codable {
        /// Number of payments.
        public var payments = 0
        /// Minor units of the currency.
        public var amount: Int64 = 0
        /// Whether the amounts are more than 64 bits hold; ``amount`` is their limit then.
        public var isClamped = false

        mutating func add(_ minor: Int64) {
            payments += 1
            let (sum, isTooLarge) = amount.addingReportingOverflow(minor)
            if isTooLarge { isClamped = true }
            amount = isTooLarge ? .max : sum
        }
    }

    /// What one decision met.
    public struct Outcome: Sendable, Equatable, Codable {
        /// `approve`, `challenge`, `hold` or `decline`.
        public var action: String
        /// Payments that were fraud.
        public var fraud = Sum()
        /// Payments that were not.
        public var genuine = Sum()
    }

    /// All payments of one currency.
    public struct Currency: Sendable, Equatable, Codable {
        /// Code of ISO 4217, or BTC or ETH.
        public var code: String
        /// Digits after the point of amounts in major units.
        public var scale: Int
        /// By action, from approve to decline.
        public var outcomes: [Outcome]

        /// Frauds that were not simply approved.
        public var caught: Sum { Self.sum(outcomes.dropFirst().map(\.fraud)) }
        /// Frauds that were approved.
        public var missed: Sum { outcomes[0].fraud }
        /// Genuine payments that were not simply approved.
        public var disturbed: Sum { Self.sum(outcomes.dropFirst().map(\.genuine)) }

        private static func sum(_ parts: [Sum]) -> Sum {
            var total = Sum()
            for part in parts {
                let (sum, isTooLarge) = total.amount.addingReportingOverflow(part.amount)
                total.payments += part.payments
                total.isClamped = total.isClamped || part.isClamped || isTooLarge
                total.amount = isTooLarge ? .max : sum
            }
            return total
        }
    }

    /// By currency, in the order of their codes.
    public private(set) var currencies: [Currency] = []

    private static let actions: [DecisionAction] = [.approve, .challenge, .hold, .decline]

    /// Nothing yet.
    public init() {}

    /// Counts a payment, of an amount in minor units.
    public mutating func add(
        _ action: DecisionAction, isFraud: Bool, amount: Int64, currency number: UInt16
    ) {
        let currency = EventLog.Currency(number: number)
        let code = currency?.code ?? "–"
        let place = currencies.firstIndex { $0.code >= code } ?? currencies.count
        if place == currencies.count || currencies[place].code != code {
            currencies.insert(
                Currency(
                    code: code, scale: Int(currency?.scale ?? 0),
                    outcomes: Self.actions.map { Outcome(action: $0.description) }), at: place)
        }
        guard let index = Self.actions.firstIndex(of: action) else { return }
        if isFraud {
            currencies[place].outcomes[index].fraud.add(amount)
        } else {
            currencies[place].outcomes[index].genuine.add(amount)
        }
    }

    /// For people: a table for each currency.
    public func text(title: String) -> String {
        var text = ""
        for currency in currencies {
            let name = currency.code == "–" ? "" : ", " + currency.code
            var table = TextTable(title + name, "fraud", "amount", "genuine", "amount")
            func add(_ label: String, _ fraud: Sum, _ genuine: Sum?) {
                table.add(
                    label, "\(fraud.payments)", amount(fraud, currency.scale),
                    genuine.map { "\($0.payments)" } ?? "",
                    genuine.map { amount($0, currency.scale) } ?? "")
            }
            for outcome in currency.outcomes { add(outcome.action, outcome.fraud, outcome.genuine) }
            add("caught / disturbed", currency.caught, currency.disturbed)
            add("missed", currency.missed, nil)
            text += table.text + "\n"
        }
        return text
    }

    private func amount(_ sum: Sum, _ scale: Int) -> String {
        let digits = String(sum.amount.magnitude)
        let padded = String(repeating: "0", count: max(0, scale + 1 - digits.count)) + digits
        let text = scale == 0 ? padded : padded.dropLast(scale) + "." + padded.suffix(scale)
        return (sum.isClamped ? "over " : "") + text
    }
}

internal import EventLog
public import Scoring

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
    public var currencies: [Currency]

    private static let actions = ["approve", "challenge", "hold", "decline"]

    /// Applies thresholds to scores.
    ///
    /// - Throws: ``EvaluationError`` if there are no rows.
    public init(_ rows: JudgedRows, thresholds: Thresholds) throws(EvaluationError) {
        guard rows.count > 0 else { throw .noRows }
        var found: [UInt16: [Outcome]] = [:]
        for row in rows.scores.indices {
            let score = rows.scores[row]
            let action =
                score >= thresholds.decline
                ? 3 : score >= thresholds.hold ? 2 : score >= thresholds.challenge ? 1 : 0
            let currency = rows.hasParties ? rows.currencies[row] : 0
            let amount = rows.hasParties ? rows.amounts[row] : 0
            if rows.isFraud[row] {
                found[currency, default: Self.nothing][action].fraud.add(amount)
            } else {
                found[currency, default: Self.nothing][action].genuine.add(amount)
            }
        }
        currencies = found.map { number, outcomes in
            let currency = EventLog.Currency(number: number)
            return Currency(
                code: currency?.code ?? "–", scale: Int(currency?.scale ?? 0), outcomes: outcomes)
        }.sorted { $0.code < $1.code }
    }

    private static var nothing: [Outcome] { actions.map { Outcome(action: $0) } }

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

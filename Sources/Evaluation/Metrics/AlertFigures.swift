/// What would be found if this share of the payments, those with the highest scores, were looked into.
public struct AlertFigures: Sendable, Equatable, Codable {
    /// Share of payments, such as 0.01.
    public var share: Double
    /// Share of the frauds among them.
    public var recall: Double
    /// Share of frauds in what is looked into.
    public var precision: Double
    /// Share of the frauds' value among them, in ``Evaluation/valueCurrency``; nil without amounts.
    public var valueRecall: Double?

    init(_ share: Double, _ rows: JudgedRows, _ order: RankOrder, _ value: FraudValue?) {
        self.share = share
        recall = order.recall(atShare: share)
        precision = recall * Double(rows.frauds) / (share * Double(rows.count))
        valueRecall = value?.recall(atShare: share, rows, order)
    }
}

/// The money that frauds moved, in the one currency in which most of them are: amounts in different currencies do not add
/// up without a rate.
struct FraudValue: Sendable {
    let currency: UInt16
    private let total: UInt128

    /// Nil without amounts, or if all of them are 0.
    init?(_ rows: JudgedRows) {
        guard rows.hasParties else { return nil }
        var counts: [UInt16: Int] = [:]
        for row in rows.isFraud.indices where rows.isFraud[row] {
            counts[rows.currencies[row], default: 0] += 1
        }
        let most = counts.max { $0.value == $1.value ? $0.key > $1.key : $0.value < $1.value }
        guard let most else { return nil }
        currency = most.key
        var total: UInt128 = 0
        for row in rows.isFraud.indices where rows.isFraud[row] && rows.currencies[row] == most.key
        {
            total += UInt128(rows.amounts[row].magnitude)
        }
        guard total > 0 else { return nil }
        self.total = total
    }

    /// Share of the frauds' value among the `share` of rows with the highest scores; of equal ones the earlier count.
    func recall(atShare share: Double, _ rows: JudgedRows, _ order: RankOrder) -> Double {
        var found: UInt128 = 0
        for row in order.falling.prefix(Int((share * Double(rows.count)).rounded()))
        where rows.isFraud[row] && rows.currencies[row] == currency {
            found += UInt128(rows.amounts[row].magnitude)
        }
        return Double(found) / Double(total)
    }
}

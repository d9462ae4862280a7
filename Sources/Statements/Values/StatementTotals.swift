/// What the lines of a statement come to, in minor units: `opening + in - out - fees = closing`.
public struct StatementTotals: Hashable, Sendable {
    /// What came in, except fees that were given back.
    public private(set) var inMinor: Int64 = 0
    /// What went out except as fees; not below zero.
    public private(set) var outMinor: Int64 = 0
    /// Fees, less those that were given back; below zero if more were given back than taken.
    public private(set) var feesMinor: Int64 = 0

    init() {}

    /// With one more line; nil if a total is more than an `Int64` holds.
    func adding(_ line: StatementLine) -> StatementTotals? {
        var totals = self
        let amount = line.amountMinor
        let isExact =
            if line.kind == .fee {
                Self.subtract(amount, from: &totals.feesMinor)
            } else if amount < 0 {
                Self.subtract(amount, from: &totals.outMinor)
            } else {
                Self.add(amount, to: &totals.inMinor)
            }
        return isExact ? totals : nil
    }

    private static func add(_ amount: Int64, to total: inout Int64) -> Bool {
        let (sum, overflow) = total.addingReportingOverflow(amount)
        total = sum
        return !overflow
    }

    private static func subtract(_ amount: Int64, from total: inout Int64) -> Bool {
        let (difference, overflow) = total.subtractingReportingOverflow(amount)
        total = difference
        return !overflow
    }
}

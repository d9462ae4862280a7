/// Sums of the amounts that a payer attempted, by window from the hour on. They are exact however large they are; what
/// they have above 64 bits, which hardly any has, is kept with the payer's troubles.
extension FeatureState {
    @inline(__always)
    mutating func add(_ amount: UInt64, toSum window: Int, of number: UInt32) {
        let payer = payers.change(number)
        let (sum, isCarried) = payer.pointee.sums[window].addingReportingOverflow(amount)
        payer.pointee.sums[window] = sum
        guard isCarried, let trouble = trouble(of: number) else { return }
        payer.pointee.widenSums()
        trouble.pointee.sumsHigh[window] += 1
    }

    @inline(__always)
    mutating func subtract(_ amount: UInt64, fromSum window: Int, of number: UInt32) {
        let payer = payers.change(number)
        let (rest, isBorrowed) = payer.pointee.sums[window].subtractingReportingOverflow(amount)
        payer.pointee.sums[window] = rest
        guard isBorrowed else { return }
        trouble(of: number)?.pointee.sumsHigh[window] -= 1
    }

    /// The double nearest to a payer's sum.
    @inline(__always)
    mutating func sum(_ window: Int, of payer: UnsafePointer<Payer>) -> Double {
        let low = payer.pointee.sums[window]
        guard payer.pointee.hasWideSums else { return Double(low) }
        let high = troubles.read(payer.pointee.trouble).pointee.sumsHigh[window]
        return nearestDouble(high: UInt64(high), low: low)
    }
}

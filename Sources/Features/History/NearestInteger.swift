extension Double {
    /// The nearest integer, halves away from zero, of a number of less than 63 bits: what `rounded()` gives, but in a few
    /// instructions, as processors that must be served have none for it and it would be a call into libm.
    @inline(__always)
    var nearestInteger: Int64 {
        let whole = Int64(self)
        // Exact: both have the same sign, and differ by less than one.
        let rest = self - Double(whole)
        return rest >= 0.5 ? whole + 1 : rest <= -0.5 ? whole - 1 : whole
    }
}

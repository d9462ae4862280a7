/// A fast 64-bit digest of a row's bit patterns: equal rows have equal digests, and a changed bit is found with
/// all but certainty. It guards against accidents, not against forgery.
public enum FeatureDigest {
    /// The digest of the first `row.count` doubles, bit for bit.
    public static func digest(_ row: UnsafeBufferPointer<Double>) -> UInt64 {
        var state = UInt64(row.count) &* 0x9e37_79b9_7f4a_7c15
        for value in row {
            state ^= value.bitPattern
            let product = state.multipliedFullWidth(by: 0x9e37_79b9_7f4a_7c15)
            state = product.high ^ product.low &+ 0xd1b5_4a32_d192_ed03
            state = state << 23 | state >> 41
        }
        return mixed(state)
    }
}

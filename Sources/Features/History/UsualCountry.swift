/// The country that most of somebody's payments were in, if one has more than half of them: the vote of Boyer and Moore
/// (MJRTY, a fast majority vote algorithm, 1991), with a lead that is bounded, so that who moves is believed in time.
struct UsualCountry: BitwiseCopyable {
    /// The candidate's two letters, 15 bits as both are below 128; above them its lead, in nine bits.
    private(set) var bits: UInt32 = 0

    private static var countryMask: UInt32 { 0x7fff }
    private static var leadOne: UInt32 { 0x8000 }
    /// The largest lead: as many payments elsewhere, and one more, make another country the usual one.
    static var maximumLead: UInt32 { 32 }

    init() {}

    /// Takes over the low 24 bits of what ``bits`` gave.
    init(bits: UInt32) { self.bits = bits }

    /// The two letters, the first in the high byte; 0 before the first payment.
    @inline(__always)
    var country: UInt16 { UInt16(bits & Self.countryMask) }

    private var lead: UInt32 { bits >> 15 }

    mutating func add(_ country: UInt16) {
        if country == self.country {
            if lead < Self.maximumLead { bits += Self.leadOne }
        } else if lead == 0 {
            bits = UInt32(country) | Self.leadOne
        } else {
            bits -= Self.leadOne
        }
    }
}

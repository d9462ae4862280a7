/// Who pays, and with what: payer, device, instrument and address together. Most payers have one or two such
/// combinations, so that an attempt names one number instead of four.
struct Means: BitwiseCopyable {
    var payer: UInt32
    /// Numbers of parties, or none.
    var device: UInt32
    var instrument: UInt32
    var address: UInt32
    /// Attempts in the ring that name it; without any it is forgotten.
    var references: UInt32 = 0

    init(payer: UInt32, device: UInt32, instrument: UInt32, address: UInt32) {
        self.payer = payer
        self.device = device
        self.instrument = instrument
        self.address = address
    }

    @inline(__always)
    var hash: UInt32 {
        let first = UInt64(payer) << 32 | UInt64(device)
        let second = UInt64(instrument) << 32 | UInt64(address)
        return UInt32(truncatingIfNeeded: mixed(first ^ mixed(second)))
    }

    @inline(__always)
    func isSame(_ other: Means) -> Bool {
        payer == other.payer && device == other.device && instrument == other.instrument
            && address == other.address
    }

    /// The party of a kind, from device to address.
    @inline(__always)
    subscript(_ kind: Int) -> UInt32 { kind == 1 ? device : kind == 2 ? instrument : address }
}

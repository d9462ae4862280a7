/// An address of the internet.
struct NetworkAddress: Sendable, Equatable {
    /// 4 bytes (IPv4) or 16 (IPv6), in network order.
    let bytes: [UInt8]

    /// nil unless there are 4 or 16.
    init?(bytes: [UInt8]) {
        guard bytes.count == 4 || bytes.count == 16 else { return nil }
        self.bytes = bytes
    }

    /// Whether it is of the public internet: not this machine, a private or local network, a group, or set aside for
    /// anything else by IANA's registries of special-purpose addresses (RFC 6890).
    var isPublic: Bool { bytes.count == 4 ? Self.isPublic4(bytes) : isPublic6 }

    private static let special4: [(prefix: [UInt8], bits: Int)] = [
        ([0, 0, 0, 0], 8), ([10, 0, 0, 0], 8), ([100, 64, 0, 0], 10), ([127, 0, 0, 0], 8),
        ([169, 254, 0, 0], 16), ([172, 16, 0, 0], 12), ([192, 0, 0, 0], 24), ([192, 0, 2, 0], 24),
        ([192, 31, 196, 0], 24), ([192, 52, 193, 0], 24), ([192, 88, 99, 0], 24),
        ([192, 168, 0, 0], 16), ([192, 175, 48, 0], 24), ([198, 18, 0, 0], 15),
        ([198, 51, 100, 0], 24), ([203, 0, 113, 0], 24), ([224, 0, 0, 0], 4), ([240, 0, 0, 0], 4),
    ]
    /// Of the global unicast addresses: protocol assignments and tunnels, documentation, 6to4.
    private static let special6: [(prefix: [UInt8], bits: Int)] = [
        ([0x20, 0x01, 0x00, 0x00], 23), ([0x20, 0x01, 0x0d, 0xb8], 32),
        ([0x20, 0x02, 0x00, 0x00], 16), ([0x26, 0x20, 0x00, 0x4f, 0x80, 0x00], 48),
        ([0x3f, 0xff, 0x00, 0x00], 20),
    ]
    private static let mapped: [UInt8] = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xff, 0xff]
    private static let translated: [UInt8] = [0, 0x64, 0xff, 0x9b, 0, 0, 0, 0, 0, 0, 0, 0]

    private static func isPublic4(_ bytes: [UInt8]) -> Bool {
        !special4.contains { begins(bytes, with: $0.prefix, bits: $0.bits) }
    }

    private var isPublic6: Bool {
        // What stands for an IPv4 address is as public as that one (RFC 4291, 2.5.5.2; RFC 6052).
        if bytes.starts(with: Self.mapped) || bytes.starts(with: Self.translated) {
            return Self.isPublic4(Array(bytes[12...]))
        }
        return bytes[0] >> 5 == 1
            && !Self.special6.contains { Self.begins(bytes, with: $0.prefix, bits: $0.bits) }
    }

    private static func begins(_ bytes: [UInt8], with prefix: [UInt8], bits: Int) -> Bool {
        let whole = bits / 8
        guard bytes.prefix(whole) == prefix.prefix(whole) else { return false }
        let rest = bits % 8
        return rest == 0 || (bytes[whole] ^ prefix[whole]) >> (8 - rest) == 0
    }
}

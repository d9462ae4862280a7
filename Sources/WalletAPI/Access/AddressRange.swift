internal import Glibc

/// Network addresses that begin with the same bits, in the notation of RFC 4632 and RFC 4291: `10.0.0.0/8`, `2001:db8::/32`;
/// one address without a length.
public struct AddressRange: Sendable, Hashable {
    private let first: NumericAddress
    /// Bits that are the same; of an address of IPv4 counted within its form in IPv6.
    private let length: Int

    /// Takes an address, and the number of bits that count; those after them must be zero.
    public init(_ text: String) throws(AddressRangeError) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let first = NumericAddress(String(parts[0])) else {
            throw AddressRangeError(text: text)
        }
        var length = first.size
        if parts.count == 2 {
            guard let given = UInt8(parts[1]), String(given) == parts[1], given <= length else {
                throw AddressRangeError(text: text)
            }
            length = Int(given)
        }
        self.first = first
        self.length = length + NumericAddress.bits - first.size
        guard first.bits & ~Self.mask(self.length) == 0 else {
            throw AddressRangeError(text: text)
        }
    }

    private static func mask(_ length: Int) -> UInt128 {
        length == 0 ? 0 : ~0 << (NumericAddress.bits - length)
    }

    func contains(_ address: NumericAddress) -> Bool {
        (address.bits ^ first.bits) & Self.mask(length) == 0
    }
}

/// A text that is no range of addresses.
public struct AddressRangeError: Error, Sendable, Hashable, CustomStringConvertible {
    /// The text.
    public let text: String

    /// A sentence that says what would be right.
    public var description: String {
        "\(text) is no address and no range of them: write 192.0.2.7, 10.0.0.0/8, 2001:db8::7 or 2001:db8::/32, with all "
            + "bits after the length zero"
    }
}

/// An address of IPv6, or one of IPv4 in its form in IPv6 (RFC 4291, section 2.5.5.2).
struct NumericAddress: Sendable, Hashable {
    static let bits = 128
    private static let inIPv6: UInt128 = 0xffff << 32

    let bits: UInt128

    var isIPv4: Bool { bits >> 32 == 0xffff }
    /// How many bits it has by itself.
    var size: Int { isIPv4 ? 32 : Self.bits }

    /// Of digits only: neither a name nor a zone, which is of one machine alone.
    init?(_ text: String) {
        if text.utf8.contains(UInt8(ascii: ":")) {
            var bytes = in6_addr()
            guard inet_pton(AF_INET6, text, &bytes) == 1 else { return nil }
            bits = withUnsafeBytes(of: &bytes) {
                UInt128(bigEndian: $0.loadUnaligned(as: UInt128.self))
            }
        } else {
            var bytes = in_addr()
            guard inet_pton(AF_INET, text, &bytes) == 1 else { return nil }
            bits = Self.inIPv6 | UInt128(UInt32(bigEndian: bytes.s_addr))
        }
    }
}

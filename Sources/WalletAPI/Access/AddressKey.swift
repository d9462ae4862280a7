internal import Glibc

/// Who shares an allowance by address. Whoever has one address of IPv6 has usually all of its network of 64 bits (RFC 6177),
/// and could else come from another for each request.
struct AddressKey: Hashable, Sendable, CustomStringConvertible {
    private let high: UInt64
    private let low: UInt64
    /// What is no address, such as that of a unix socket.
    private let text: String

    /// An address of IPv4, or the network's half of one of IPv6, or what is neither.
    var description: String { low == 0 ? text : String(high, radix: 16) }

    init(_ address: String) {
        guard address.utf8.contains(UInt8(ascii: ":")) else {
            (high, low, text) = (0, 0, address)
            return
        }
        var bytes = in6_addr()
        // A zone is of this machine alone.
        let numbers = address.split(separator: "%", maxSplits: 1).first.map(String.init) ?? ""
        guard inet_pton(AF_INET6, numbers, &bytes) == 1 else {
            (high, low, text) = (0, 0, address)
            return
        }
        let halves = withUnsafeBytes(of: &bytes) { bytes in
            (
                UInt64(bigEndian: bytes.loadUnaligned(as: UInt64.self)),
                UInt64(bigEndian: bytes.loadUnaligned(fromByteOffset: 8, as: UInt64.self))
            )
        }
        // An address of IPv4 in the clothes of IPv6 (RFC 4291, section 2.5.5.2) is one of IPv4.
        if halves.0 == 0, halves.1 >> 32 == 0xffff {
            let number = halves.1 & 0xffff_ffff
            text = (0..<4).reversed().map { String(number >> (8 * $0) & 0xff) }
                .joined(separator: ".")
            (high, low) = (0, 0)
        } else {
            (high, low, text) = (halves.0, 1, "")
        }
    }
}

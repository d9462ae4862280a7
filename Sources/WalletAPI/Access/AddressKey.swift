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
        // A zone is of this machine alone.
        let numbers = address.split(separator: "%", maxSplits: 1).first.map(String.init) ?? ""
        guard let numeric = NumericAddress(numbers) else {
            (high, low, text) = (0, 0, address)
            return
        }
        // An address of IPv4 in the clothes of IPv6 (RFC 4291, section 2.5.5.2) is one of IPv4.
        if numeric.isIPv4 {
            text = (0..<4).reversed().map { String(numeric.bits >> (8 * $0) & 0xff) }
                .joined(separator: ".")
            (high, low) = (0, 0)
        } else {
            (high, low, text) = (UInt64(numeric.bits >> 64), 1, "")
        }
    }
}

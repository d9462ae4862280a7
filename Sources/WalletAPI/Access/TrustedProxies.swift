internal import HTTPTypes

/// Proxies in front of the service, which say on whose behalf they ask.
///
/// Each of them appends to `X-Forwarded-For` the address that it was asked from. What stands there before the last
/// address of a trusted proxy's may be anybody's invention, so the list is read from its end.
struct TrustedProxies: Sendable {
    private static let header = HTTPField.Name("X-Forwarded-For")

    private let ranges: [AddressRange]

    init(_ ranges: [AddressRange]) { self.ranges = ranges }

    /// The address that a request comes from: the last one that is no trusted proxy's. If all are, the first; and where the
    /// list has something that is no address, the last one before it.
    func client(of headers: HTTPFields, from peer: String) -> String {
        guard !ranges.isEmpty, let address = NumericAddress(peer), isTrusted(address),
            let name = Self.header, let list = headers[name]
        else { return peer }
        var client = peer
        for item in list.split(separator: ",", omittingEmptySubsequences: false).reversed() {
            guard let text = Self.bare(item), let address = NumericAddress(text) else {
                return client
            }
            client = text
            if !isTrusted(address) { return client }
        }
        return client
    }

    private func isTrusted(_ address: NumericAddress) -> Bool {
        ranges.contains { $0.contains(address) }
    }

    /// An item without what may stand around its address: spaces, brackets, a port. Nil if it is too long for one.
    private static func bare(_ item: Substring) -> String? {
        var text = item[...]
        while let first = text.first, first == " " || first == "\t" { text.removeFirst() }
        while let last = text.last, last == " " || last == "\t" { text.removeLast() }
        // The longest is one of IPv6 with the last half as in IPv4, in brackets with a port.
        guard text.utf8.count <= 53 else { return nil }
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            text = text[text.index(after: text.startIndex)..<end]
        } else if let colon = text.firstIndex(of: ":"), text.lastIndex(of: ":") == colon {
            text = text[..<colon]
        }
        return String(text)
    }
}

/// Percent-encoded octets (RFC 3986, section 2.1) as RFC 7512, section 2.3 has them in values.
enum PercentEncoding {
    /// The octets; nil unless each `%` is followed by two hexadecimal digits and every other character is unreserved or
    /// one of `also`.
    static func decode(_ text: Substring, also: StaticString) -> [UInt8]? {
        var octets: [UInt8] = []
        var rest = text.utf8[...]
        while let character = rest.popFirst() {
            if character == 0x25 {
                guard let high = rest.popFirst().flatMap(digit),
                    let low = rest.popFirst().flatMap(digit)
                else { return nil }
                octets.append(high << 4 | low)
            } else if isUnreserved(character) || "\(also)".utf8.contains(character) {
                octets.append(character)
            } else {
                return nil
            }
        }
        return octets
    }

    private static func digit(_ character: UInt8) -> UInt8? {
        switch character {
        case 0x30...0x39: character - 0x30
        case 0x41...0x46: character - 0x41 + 10
        case 0x61...0x66: character - 0x61 + 10
        default: nil
        }
    }

    private static func isUnreserved(_ character: UInt8) -> Bool {
        switch character {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x2e, 0x5f, 0x7e: true
        default: false
        }
    }
}

/// Reads one value of CBOR after another.
struct CBORDecoder {
    private var reader: ByteReader

    init(_ bytes: [UInt8], from start: Int) { reader = ByteReader(bytes, from: start) }

    /// Where the next value starts.
    var position: Int { reader.position }

    /// The next value, inside so many arrays and maps.
    mutating func value(depth: Int) throws(WebAuthnError) -> CBOR {
        guard let first = reader.take(1)?.first else { throw failure("the bytes end early") }
        let information = first & 0x1f
        switch first >> 5 {
        case 0: return .integer(try integer(information))
        // All bits of n inverted are -1 - n.
        case 1: return .integer(~(try integer(information)))
        case 2: return .bytes(Array(try string(information)))
        case 3: return .text(try text(information))
        case 4: return .array(try elements(information, depth))
        case 5: return .map(try entries(information, depth))
        case 7: return try simple(information)
        default: throw failure("tags are not used by authenticators")
        }
    }

    // MARK: - Arguments

    /// The number in, or after, a value's first byte (RFC 8949, section 3).
    private mutating func argument(_ information: UInt8) throws(WebAuthnError) -> UInt64 {
        switch information {
        case 0..<24: return UInt64(information)
        case 24...27:
            let width = 1 << Int(information - 24)
            guard let number = reader.number(bytes: width) else {
                throw failure("the bytes end early")
            }
            let least: UInt64 = width == 1 ? 24 : 1 << UInt64(width * 4)
            guard number >= least else {
                throw failure("a number or length is not in its shortest form")
            }
            return number
        case 31: throw failure("indefinite lengths are not used by authenticators")
        default: throw failure("a reserved additional information")
        }
    }

    private mutating func integer(_ information: UInt8) throws(WebAuthnError) -> Int64 {
        guard let number = Int64(exactly: try argument(information)) else {
            throw failure("a number does not fit 64 bits with sign")
        }
        return number
    }

    /// A count of items of at least so many bytes each, which the bytes that are left can hold.
    private mutating func count(
        _ information: UInt8, bytesEach: Int
    ) throws(WebAuthnError) -> Int {
        let claimed = try argument(information)
        guard claimed <= UInt64(reader.remaining / bytesEach) else {
            throw failure("a length of \(claimed) is more than the bytes that follow can hold")
        }
        return Int(claimed)
    }

    // MARK: - Kinds

    private mutating func string(_ information: UInt8) throws(WebAuthnError) -> ArraySlice<UInt8> {
        guard let bytes = reader.take(try count(information, bytesEach: 1)) else {
            throw failure("the bytes end early")
        }
        return bytes
    }

    private mutating func text(_ information: UInt8) throws(WebAuthnError) -> String {
        guard let text = String(validating: try string(information), as: UTF8.self) else {
            throw failure("a text string is not UTF-8")
        }
        return text
    }

    private mutating func elements(
        _ information: UInt8, _ depth: Int
    ) throws(WebAuthnError) -> [CBOR] {
        try checkDepth(depth)
        var elements: [CBOR] = []
        for _ in 0..<(try count(information, bytesEach: 1)) {
            elements.append(try value(depth: depth + 1))
        }
        return elements
    }

    private mutating func entries(
        _ information: UInt8, _ depth: Int
    ) throws(WebAuthnError) -> [CBOR: CBOR] {
        try checkDepth(depth)
        var entries: [CBOR: CBOR] = [:]
        for _ in 0..<(try count(information, bytesEach: 2)) {
            let key = try value(depth: depth + 1)
            switch key {
            case .integer, .bytes, .text: break
            case .array, .map, .bool, .null:
                throw failure("a map key is neither a number nor a string")
            }
            let entry = try value(depth: depth + 1)
            guard entries.updateValue(entry, forKey: key) == nil else {
                throw WebAuthnError(
                    .duplicateCBORKey, "a map has a key twice, before byte \(position)")
            }
        }
        return entries
    }

    private func simple(_ information: UInt8) throws(WebAuthnError) -> CBOR {
        switch information {
        case 20: return .bool(false)
        case 21: return .bool(true)
        case 22: return .null
        default: throw failure("a simple value or floating-point number that is not used")
        }
    }

    // MARK: - Failures

    private func checkDepth(_ depth: Int) throws(WebAuthnError) {
        guard depth < CBOR.maximumDepth else {
            throw WebAuthnError(
                .cborTooDeep, "more than \(CBOR.maximumDepth) levels of arrays and maps")
        }
    }

    private func failure(_ reason: String) -> WebAuthnError {
        WebAuthnError(.malformedCBOR, "\(reason), before byte \(position)")
    }
}

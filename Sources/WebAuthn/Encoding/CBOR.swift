/// A value of CBOR (RFC 8949), of the kinds that authenticators write: CTAP2's canonical form
/// without floating-point numbers and tags.
///
/// Map entries may stand in any order: some clients put an attestation object together anew, and
/// what is signed are the bytes, whose meaning the order cannot change.
public indirect enum CBOR: Sendable, Hashable {
    /// A whole number (major types 0 and 1) that 64 bits with sign can hold.
    case integer(Int64)
    /// A byte string (major type 2).
    case bytes([UInt8])
    /// A text string (major type 3).
    case text(String)
    /// An array (major type 4).
    case array([CBOR])
    /// A map (major type 5); its keys are integers, byte strings and text strings.
    case map([CBOR: CBOR])
    /// False or true (simple values 20 and 21).
    case bool(Bool)
    /// Null (simple value 22).
    case null

    /// Arrays and maps inside one another beyond this are refused (CTAP 2.1, section 8).
    public static let maximumDepth = 4

    /// The one value that `bytes` are.
    ///
    /// Takes time and space in proportion to the bytes, whatever lengths they claim.
    ///
    /// - Throws: `malformed_cbor` for bytes that end early or go on after the value, indefinite
    ///   lengths, lengths and numbers not in their shortest form, tags, floating-point numbers,
    ///   text that is not UTF-8 and map keys of other kinds; `duplicate_cbor_key`; `cbor_too_deep`.
    public static func decode(_ bytes: [UInt8]) throws(WebAuthnError) -> CBOR {
        let (value, end) = try decode(prefixOf: bytes)
        guard end == bytes.count else {
            throw WebAuthnError(
                .malformedCBOR, "\(bytes.count - end) bytes follow the value at \(end)")
        }
        return value
    }

    /// The value that starts at `start`, and where it ended: the position after its last byte.
    ///
    /// - Throws: As ``decode(_:)``, except that anything may follow the value.
    public static func decode(
        prefixOf bytes: [UInt8], from start: Int = 0
    ) throws(WebAuthnError) -> (value: CBOR, end: Int) {
        var decoder = CBORDecoder(bytes, from: start)
        let value = try decoder.value(depth: 0)
        return (value, decoder.position)
    }
}

extension CBOR {
    /// A map's value for an integer key; nil if there is none, or if this is not a map.
    public subscript(key: Int64) -> CBOR? { self[.integer(key)] }

    /// A map's value for a text key; nil if there is none, or if this is not a map.
    public subscript(key: String) -> CBOR? { self[.text(key)] }

    private subscript(key: CBOR) -> CBOR? {
        guard case .map(let entries) = self else { return nil }
        return entries[key]
    }

    /// The whole number; nil for other kinds.
    public var integer: Int64? {
        guard case .integer(let value) = self else { return nil }
        return value
    }

    /// The byte string; nil for other kinds.
    public var bytes: [UInt8]? {
        guard case .bytes(let value) = self else { return nil }
        return value
    }

    /// The text string; nil for other kinds.
    public var text: String? {
        guard case .text(let value) = self else { return nil }
        return value
    }

    /// How many entries a map has; nil for other kinds.
    var entryCount: Int? {
        guard case .map(let entries) = self else { return nil }
        return entries.count
    }
}

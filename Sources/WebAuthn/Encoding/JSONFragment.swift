internal import Cryptography

/// A JSON value that has been written (RFC 8259), to be put into others.
struct JSONFragment: Sendable {
    let bytes: [UInt8]

    static func string(_ text: String) -> JSONFragment {
        let digits = Array("0123456789abcdef".utf8)
        var bytes: [UInt8] = [UInt8(ascii: "\"")]
        for byte in text.utf8 {
            switch byte {
            case UInt8(ascii: "\""), UInt8(ascii: "\\"): bytes += [UInt8(ascii: "\\"), byte]
            case 0..<0x20:
                bytes += Array("\\u00".utf8)
                bytes += [digits[Int(byte >> 4)], digits[Int(byte & 15)]]
            default: bytes.append(byte)
            }
        }
        bytes.append(UInt8(ascii: "\""))
        return JSONFragment(bytes: bytes)
    }

    /// Bytes as base64url.
    static func base64URL(_ bytes: [UInt8]) -> JSONFragment { string(Base64URL.encode(bytes)) }

    static func integer(_ value: some BinaryInteger) -> JSONFragment {
        JSONFragment(bytes: Array(String(value).utf8))
    }

    static func bool(_ value: Bool) -> JSONFragment {
        JSONFragment(bytes: Array((value ? "true" : "false").utf8))
    }

    static func array(_ elements: [JSONFragment]) -> JSONFragment {
        list(elements.map(\.bytes), "[", "]")
    }

    /// Members in the order given; those without value are left out.
    static func object(_ members: [(String, JSONFragment?)]) -> JSONFragment {
        let written = members.compactMap { name, value in
            value.map { string(name).bytes + [UInt8(ascii: ":")] + $0.bytes }
        }
        return list(written, "{", "}")
    }

    private static func list(
        _ parts: [[UInt8]], _ opening: Unicode.Scalar, _ closing: Unicode.Scalar
    ) -> JSONFragment {
        let content = Array(parts.joined(separator: [UInt8(ascii: ",")]))
        return JSONFragment(bytes: [UInt8(ascii: opening)] + content + [UInt8(ascii: closing)])
    }
}

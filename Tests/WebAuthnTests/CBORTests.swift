import Testing
import WebAuthn

@testable import TestAuthenticator

@Suite struct CBORTests {
    private typealias Writer = CBORWriter

    @Test func `every kind that authenticators write is read`() throws {
        let cases: [([UInt8], CBOR)] = [
            ([0x00], .integer(0)), ([0x17], .integer(23)), ([0x18, 0x18], .integer(24)),
            ([0x19, 0x01, 0x00], .integer(256)),
            ([0x1a, 0x00, 0x01, 0x00, 0x00], .integer(65_536)),
            ([0x1b, 0, 0, 0, 1, 0, 0, 0, 0], .integer(4_294_967_296)),
            ([0x20], .integer(-1)), ([0x39, 0x01, 0x00], .integer(-257)),
            (Writer.integer(.max), .integer(.max)), (Writer.integer(.min), .integer(.min)),
            ([0x40], .bytes([])), ([0x43, 1, 2, 3], .bytes([1, 2, 3])),
            ([0x60], .text("")), ([0x63, 0xe2, 0x82, 0xac], .text("€")),
            ([0x80], .array([])), ([0x82, 0x01, 0x20], .array([.integer(1), .integer(-1)])),
            ([0xa0], .map([:])),
            (
                [0xa2, 0x61, 0x61, 0xf5, 0x01, 0xf6],
                .map([.text("a"): .bool(true), .integer(1): .null])
            ),
            ([0xf4], .bool(false)),
        ]
        for (bytes, value) in cases { #expect(try CBOR.decode(bytes) == value, "\(bytes)") }
    }

    @Test func `what a map holds is found by its key`() throws {
        let map = try CBOR.decode(
            Writer.map([
                (Writer.integer(-1), Writer.bytes([9])), (Writer.text("x"), Writer.text("y")),
            ]))
        #expect(map[-1]?.bytes == [9] && map["x"]?.text == "y")
        #expect(map[1] == nil && map["y"] == nil && CBOR.null[1] == nil)
        #expect(map[-1]?.integer == nil && map["x"]?.bytes == nil && map.text == nil)
    }

    @Test func `where a value ended is told, so that another can follow`() throws {
        let first = Writer.map([(Writer.integer(1), Writer.text("one"))])
        let bytes = [0xff] + first + Writer.array([Writer.integer(2)])
        let (value, end) = try CBOR.decode(prefixOf: bytes, from: 1)
        #expect(value == .map([.integer(1): .text("one")]) && end == 1 + first.count)
        let (next, last) = try CBOR.decode(prefixOf: bytes, from: end)
        #expect(next == .array([.integer(2)]) && last == bytes.count)
        for start in [bytes.count, bytes.count + 5, .max] {
            let code = Refusal.code { _ = try CBOR.decode(prefixOf: bytes, from: start) }
            #expect(code == .malformedCBOR)
        }
        #expect(try CBOR.decode(prefixOf: first, from: -1).end == first.count)
    }

    static let refusals: [Refusal] =
        [
            ("nothing", []), ("a value after the value", [0x01, 0x02]),
            ("bytes that are not there", [0x43, 1, 2]), ("half a number", [0x19, 0x01]),
            ("23 in two bytes", [0x18, 0x17]), ("255 in three bytes", [0x19, 0x00, 0xff]),
            ("65535 in five bytes", [0x1a, 0x00, 0x00, 0xff, 0xff]),
            ("a number in nine bytes that five can hold", Writer.wide(0, 0xffff_ffff, bytes: 8)),
            ("a length not in its shortest form", [0x58, 0x01, 0x07]),
            ("2 to the power of 63", Writer.wide(0, 1 << 63, bytes: 8)),
            ("the least number of 65 bits", Writer.wide(1, .max, bytes: 8)),
            ("a byte string of 2 to the power of 64 - 1 bytes", Writer.wide(2, .max, bytes: 8)),
            ("a text of 2 to the power of 63 bytes", Writer.wide(3, 1 << 63, bytes: 8)),
            ("an array of 4294967295 elements", Writer.wide(4, 0xffff_ffff, bytes: 4) + [0x01]),
            ("a map of 2 to the power of 62 entries", Writer.wide(5, 1 << 62, bytes: 8) + [1, 1]),
            ("a map of two entries in the bytes of one", [0xa2, 0x01, 0x01, 0x02]),
            ("an indefinite byte string", [0x5f, 0x41, 0x01, 0xff]),
            ("an indefinite array", [0x9f, 0xff]), ("an indefinite map", [0xbf, 0xff]),
            ("a break alone", [0xff]), ("a reserved length", [0x1c]),
            ("a tag", [0xc0, 0x60]), ("undefined", [0xf7]),
            ("a simple value of two bytes", [0xf8, 0x20]),
            ("half precision", [0xf9, 0, 0]), ("double precision", [0xfb, 0, 0, 0, 0, 0, 0, 0, 0]),
            ("text that is not UTF-8", [0x62, 0xc3, 0x28]),
            ("a map as key", [0xa1, 0xa0, 0x01]), ("true as key", [0xa1, 0xf5, 0x01]),
        ].map { (name: String, bytes: [UInt8]) in
            Refusal(.malformedCBOR, name) { _ = try CBOR.decode(bytes) }
        }
        + [
            ("a number", [0xa2, 0x01, 0x01, 0x01, 0x02]),
            ("a text", [0xa2, 0x61, 0x61, 0x01, 0x61, 0x61, 0x01]),
            ("a byte string inside an array", [0x81, 0xa2, 0x41, 0x61, 0x01, 0x41, 0x61, 0x01]),
        ].map { (name: String, bytes: [UInt8]) in
            Refusal(.duplicateCBORKey, name) { _ = try CBOR.decode(bytes) }
        }
        + [
            ("five arrays", [0x81, 0x81, 0x81, 0x81, 0x80]),
            ("five maps", [0xa1, 1, 0xa1, 1, 0xa1, 1, 0xa1, 1, 0xa0]),
            ("60000 arrays", [UInt8](repeating: 0x81, count: 60_000)),
        ].map { (name: String, bytes: [UInt8]) in
            Refusal(.cborTooDeep, name) { _ = try CBOR.decode(bytes) }
        }

    @Test(arguments: refusals) func `what authenticators do not write is refused`(
        _ refusal: Refusal
    ) {
        refusal.expect()
    }

    @Test func `four levels are read, and no bytes trap`() throws {
        _ = try CBOR.decode([0x81, 0xa1, 0x01, 0x81, 0x80])
        var random = SystemRandomNumberGenerator()
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<40, using: &random)).map { _ in
                UInt8.random(in: 0...255, using: &random)
            }
            _ = try? CBOR.decode(bytes)
        }
    }
}

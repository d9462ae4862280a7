import EventLog
import Testing

@testable import WalletAPI

@Suite struct JSONTests {
    private func parse(_ text: String) throws -> JSONValue {
        try JSONParser.parse(Array(text.utf8))
    }

    @Test func `what is JSON is read`() throws {
        let cases: [(String, JSONValue)] = [
            (" null ", .null), ("true", .bool(true)), ("false", .bool(false)),
            ("-0.5e+10", .number("-0.5e+10")), ("0", .number("0")), (#""""#, .string("")),
            (#""a\"\\\/\b\f\n\r\tz""#, .string("a\"\\/\u{8}\u{c}\n\r\tz")),
            (#""\u00e9é\uD83D\ude00😀""#, .string("éé😀😀")),
            ("[]", .array([])),
            ("[1, [2],{}]", .array([.number("1"), .array([.number("2")]), .object([])])),
            (
                "{\"a\" : 1,\n\"b\":\t{}}",
                .object([
                    JSONMember(name: "a", value: .number("1")),
                    JSONMember(name: "b", value: .object([])),
                ])
            ),
        ]
        for (text, value) in cases { #expect(try parse(text) == value, "\(text)") }
    }

    @Test(arguments: [
        "", " ", "nul", "truex", "tru", "01", "-", "-a", "1.", ".5", "1e", "1e+", "+1", "NaN",
        "\"", "\"\\", "\"\\x\"", "\"\\u12\"", "\"\\ud800\"", "\"\\ud800x\"", "\"\\ud800\\u0041\"",
        "\"\\udc00\"", "\"\u{1}\"", "[", "[1", "[1,", "[1,]", "[,]", "[1 2]", "{", "{a:1}",
        "{\"a\"}", "{\"a\":}", "{\"a\":1,}", "{\"a\":1", "{} {}", "// x", "'a'", "\u{feff}1",
        "\"\\u12", "\"\\ud800\\u", "\"\\ud800\\u00",
    ]) func `what is not JSON is refused`(_ text: String) {
        #expect(throws: JSONSyntaxError.self) { try parse(text) }
    }

    @Test func `invalid UTF-8 and deep nesting are refused, and no bytes trap`() throws {
        for bytes: [UInt8] in [
            [0x22, 0xff, 0x22], [0x22, 0xc3, 0x22], [0x22, 0x5c, 0x6e, 0xed, 0xa0, 0x80, 0x22],
        ] {
            #expect(throws: JSONSyntaxError.self) { try JSONParser.parse(bytes) }
        }
        let deep = String(repeating: "[", count: 16) + String(repeating: "]", count: 16)
        _ = try parse(deep)
        #expect(throws: JSONSyntaxError.self) { try parse("[" + deep + "]") }
        #expect(throws: JSONSyntaxError.self) { try parse(String(repeating: "[", count: 60_000)) }
        var random = SystemRandomNumberGenerator()
        let alphabet =
            Array(#"{}[]":,\u0123dDeE+-. nulltrefas"#.utf8) + [0, 0x1f, 0x80, 0xc3, 0xa9, 0xff]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<24, using: &random)).compactMap { _ in
                alphabet.randomElement(using: &random)
            }
            _ = try? JSONParser.parse(bytes)
        }
    }

    @Test func `what is written reads back`() throws {
        let texts = ["", "plain", "\"\\/\u{8}\n\r\t\u{1}\u{1f}\u{7f}", "é😀\u{2028}"]
        var writer = JSONWriter()
        writer.object { writer in
            writer.name("texts")
            writer.array(texts) { $0.string($1) }
            writer.member("none", nil as String?)
            writer.member("flag", true)
            writer.member("count", Int64.min)
            writer.member("score", 1e-7)
            writer.member("missing", Double.nan)
            writer.name("empty")
            writer.object { _ in }
            writer.name("pairs")
            writer.array([1, 2]) { writer, value in
                writer.object { $0.member("n", Int64(value)) }
            }
        }
        let value = try JSONParser.parse(writer.bytes)
        #expect(value["texts"].elements == texts.map(JSONValue.string))
        #expect(value["none"] == .null && value["flag"] == .bool(true))
        #expect(value["count"].text == "\(Int64.min)" && value["missing"] == .null)
        #expect(value["score"].text.flatMap(Double.init) == 1e-7)
        #expect(value["empty"] == .object([]) && value["pairs"][1]["n"].text == "2")
        #expect(
            String(decoding: writer.bytes, as: UTF8.self).hasSuffix(
                #""empty":{},"pairs":[{"n":1},{"n":2}]}"#))
    }

    @Test func `times before 1970, which no ledger has seen, are not taken`() {
        #expect(Timestamp(request: "1970-01-01T00:00:00.000001Z") == Timestamp(1))
        #expect(Timestamp(request: "1970-01-01T01:00:01+01:00") == Timestamp(1_000_000))
        for text in ["1970-01-01T00:00:00Z", "1969-12-31T23:59:59Z", "0000-01-01T00:00:00Z", "now"]
        {
            #expect(Timestamp(request: text) == nil, "\(text)")
        }
    }
}

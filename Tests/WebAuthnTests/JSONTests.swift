import Testing

@testable import WebAuthn

@Suite struct JSONTests {
    @Test func `what is JSON is read`() throws {
        let cases: [(String, JSONValue)] = [
            (" null\n", .null), ("true", .bool(true)), ("[false]", .array([.bool(false)])),
            (
                #"["a\"\\\/\b\f\n\r\t\u00e9\uD83D\uDE00é"]"#,
                .array([.string("a\"\\/\u{8}\u{c}\n\r\té😀é")])
            ),
            ("[0,-1,1.5,-0.25e+10,3E-2]", .array(Array(repeating: .number, count: 5))),
            (
                "{ \"a\" : {\"b\":[ ]} ,\t\"c\":null}",
                .object(["a": .object(["b": .array([])]), "c": .null])
            ),
        ]
        for (text, value) in cases {
            #expect(try JSONReader.read(Array(text.utf8)) == value, "\(text)")
        }
    }

    static let refusals =
        [
            "", " ", "nul", "True", "01", "-", "1.", ".5", "1e", "+1", "NaN", "\"", "\"\\x\"",
            "\"\\u12g4\"", "\"\\ud800\"", "\"\\ud800\\u0041\"", "\"\\udc00\"", "\"\u{1}\"", "[1,]",
            "[1 2]", "[,]", "{a:1}", "{\"a\"}", "{\"a\":1,}", "{\"a\":1", "{} {}", "\u{feff}{}",
            "{\"a\":1,\"a\":1}", "{\"a\":1,\"\\u0061\":2}", "'a'", "// x",
            String(repeating: "[", count: 17) + String(repeating: "]", count: 17),
            String(repeating: "[", count: 60_000),
        ].map { text in
            Refusal(.malformedJSON, String(text.prefix(20))) {
                _ = try JSONReader.read(Array(text.utf8))
            }
        }
        + [[0x22, 0xff, 0x22], [0x22, 0xed, 0xa0, 0x80, 0x22], [0x22, 0xc0, 0xa2, 0x22]].map {
            (bytes: [UInt8]) in
            Refusal(.malformedJSON, "\(bytes)") { _ = try JSONReader.read(bytes) }
        }

    @Test(arguments: refusals) func `what is not JSON, or says a thing twice, is refused`(
        _ refusal: Refusal
    ) {
        refusal.expect()
    }

    @Test func `no bytes trap`() {
        var random = SystemRandomNumberGenerator()
        let alphabet =
            Array(#"{}[]":,\u0123dDeE+-. nulltrefas"#.utf8) + [0, 0x1f, 0x80, 0xc3, 0xa9]
        for _ in 0..<20_000 {
            let bytes = (0..<Int.random(in: 0..<24, using: &random)).compactMap { _ in
                alphabet.randomElement(using: &random)
            }
            _ = try? JSONReader.read(bytes)
        }
    }

    @Test func `what is written reads back`() throws {
        let text = "\"\\/\u{8}\n\u{0}\u{1f}\u{7f} é😀\u{2028}"
        let written = JSONFragment.object([
            ("text", .string(text)), ("none", nil), ("flags", .array([.bool(true), .bool(false)])),
            ("bytes", .base64URL([0xff])), ("number", .integer(-7)), ("empty", .object([])),
        ])
        let value = try JSONReader.read(written.bytes)
        #expect(value["text"]?.text == text && value["bytes"]?.text == "_w")
        #expect(
            String(decoding: written.bytes, as: UTF8.self).hasSuffix(
                #","flags":[true,false],"bytes":"_w","number":-7,"empty":{}}"#))
    }
}

import Cryptography
import EventLog
import Testing

@testable import Fees

@Suite struct FeeReadingTests {
    private static func read(_ text: String) throws(FeeError) -> FeeSchedule {
        try FeeSchedule(json: Array(text.utf8))
    }

    /// A document with one rule of these fields.
    private static func document(_ fields: String) -> String {
        "{\"version\": 3, \"valid_from\": \"2026-07-01T00:00:00Z\", \"rules\": [\n  {\(fields)}\n]}"
    }

    @Test func `a document becomes the schedule that it says`() throws {
        let schedule = try Self.read(
            """
            {
              "version": 3, "valid_from": "2026-07-01T00:00:00Z",
              "rules": [
                {
                  "id": "merchant-usd", "kind": "merchant", "currency": "USD", "tier": "gold",
                  "from": "10.00", "below": "500.00", "fixed": "0.30", "parts_per_million": 29000,
                  "minimum": "0.50", "maximum": "12.00", "paid_by": "payee"
                },
                { "id": "exchange", "kind": "ex\\u0063hange", "parts_per_million": 2500,
                  "paid_by": "split", "payer_parts_per_million": 500000 }
              ]
            }
            """)
        #expect(schedule.version == 3)
        #expect(schedule.validFrom == Timestamp(rfc3339: "2026-07-01T00:00:00Z"))
        let merchant = try Sample.rule(
            "merchant-usd", kind: "merchant", currency: "USD", tier: "gold", from: 1_000,
            below: 50_000,
            terms: FeeTerms(
                fixedMinor: 30, partsPerMillion: 29_000, minimumMinor: 50, maximumMinor: 1_200),
            bearer: .payee)
        let exchange = try Sample.rule(
            "exchange", kind: "exchange", terms: FeeTerms(partsPerMillion: 2_500),
            bearer: .split(payerPartsPerMillion: 500_000))
        #expect(Set(schedule.rules) == [merchant, exchange])
    }

    @Test func `the hash is of the meaning, not of the order of fields or rules`() throws {
        let one = try Self.read(
            """
            {"version":1,"valid_from":"2026-07-01T02:00:00+02:00","rules":[
            {"id":"a","kind":"card","currency":"USD","fixed":"0.30","paid_by":"payer"},
            {"id":"b","kind":"p2p","paid_by":"payee","parts_per_million":5}]}
            """)
        let other = try Self.read(
            """
            {"rules": [ {"parts_per_million": 5, "paid_by": "payee", "id": "b", "kind": "p2p"},
              {"paid_by": "payer", "minimum": "0.00", "from": "0.00", "parts_per_million": 0,
               "fixed": "0.30", "currency": "USD", "kind": "card", "id": "a"} ],
             "valid_from": "2026-07-01T00:00:00Z", "version": 1}
            """)
        #expect(one.canonicalText == other.canonicalText)
        #expect(one.hash == other.hash)
        #expect(
            one.canonicalText
                == #"{"version":1,"valid_from":"2026-07-01T00:00:00.000000Z","rules":["#
                + #"{"id":"a","kind":"card","currency":"USD","fixed":"0.30","paid_by":"payer"},"#
                + #"{"id":"b","kind":"p2p","parts_per_million":5,"paid_by":"payee"}]}"#)
        #expect(one.hash == SHA256.hash(Array(one.canonicalText.utf8)))
        #expect(try Self.read(one.canonicalText) == one)
        let later = try Self.read(
            one.canonicalText.replacing("\"version\":1", with: "\"version\":2"))
        #expect(later.hash != one.hash)
    }

    @Test(arguments: [
        (#""id": "a", "paid_by": "payer", "percent": 3"#, "unknown_field", "rules[0].percent", 35),
        (#""id": "a", "paid_by": "payer", "id": "b""#, "duplicate_field", "rules[0].id", 35),
        (#""paid_by": "payer""#, "missing_field", "rules[0].id", 3),
        (#""id": "a""#, "missing_field", "rules[0].paid_by", 3),
        (#""id": "A", "paid_by": "payer""#, "malformed_word", "rules[0].id", 10),
        (#""id": "a", "kind": "", "paid_by": "payer""#, "malformed_word", "rules[0].kind", 23),
        (#""id": "a", "kind": null, "paid_by": "payer""#, "wrong_type", "rules[0].kind", 23),
        (#""id": "a", "paid_by": "nobody""#, "malformed_word", "rules[0].paid_by", 26),
        (
            #""id": "a", "currency": "XXX", "paid_by": "payer""#, "unknown_currency",
            "rules[0].currency", 27
        ),
        (
            #""id": "a", "fixed": "0.30", "paid_by": "payer""#, "amount_without_currency",
            "rules[0].fixed", 24
        ),
        (
            #""id": "a", "currency": "USD", "fixed": 0.3, "paid_by": "payer""#, "wrong_type",
            "rules[0].fixed", 43
        ),
        (
            #""id": "a", "currency": "USD", "fixed": "0.300", "paid_by": "payer""#,
            "malformed_amount", "rules[0].fixed", 43
        ),
        (
            #""id": "a", "currency": "USD", "fixed": "1e3", "paid_by": "payer""#,
            "malformed_amount", "rules[0].fixed", 43
        ),
        (
            #""id": "a", "currency": "USD", "fixed": "-1.00", "paid_by": "payer""#, "out_of_range",
            "rules[0].fixed", 43
        ),
        (
            #""id": "a", "currency": "USD", "fixed": "92233720368547758.08", "paid_by": "payer""#,
            "malformed_amount", "rules[0].fixed", 43
        ),
        (
            #""id": "a", "parts_per_million": 1.0, "paid_by": "payer""#, "wrong_type",
            "rules[0].parts_per_million", 36
        ),
        (
            #""id": "a", "parts_per_million": 1e3, "paid_by": "payer""#, "wrong_type",
            "rules[0].parts_per_million", 36
        ),
        (
            #""id": "a", "parts_per_million": -1, "paid_by": "payer""#, "out_of_range",
            "rules[0].parts_per_million", 36
        ),
        (
            #""id": "a", "parts_per_million": 1000001, "paid_by": "payer""#, "out_of_range",
            "rules[0].parts_per_million", 36
        ),
        (
            #""id": "a", "parts_per_million": 9223372036854775808, "paid_by": "payer""#,
            "out_of_range", "rules[0].parts_per_million", 36
        ),
        (
            #""id": "a", "paid_by": "split""#, "misplaced_share",
            "rules[0].payer_parts_per_million", 3
        ),
        (
            #""id": "a", "paid_by": "payer", "payer_parts_per_million": 5"#, "misplaced_share",
            "rules[0].payer_parts_per_million", 62
        ),
        (
            #""id": "a", "paid_by": "split", "payer_parts_per_million": 0"#, "out_of_range",
            "rules[0].payer_parts_per_million", 62
        ),
        (
            #""id": "a", "paid_by": "split", "payer_parts_per_million": 1000000"#, "out_of_range",
            "rules[0].payer_parts_per_million", 62
        ),
        (
            #""id": "a", "currency": "USD", "from": "5.00", "below": "5.00", "paid_by": "payer""#,
            "empty_range", "rules[0].below", 59
        ),
        (
            #""id": "a", "currency": "USD", "minimum": "2.00", "maximum": "1.99", "paid_by": "payer""#,
            "maximum_below_minimum", "rules[0].maximum", 64
        ),
    ])
    func `what is wrong with a rule is named by code, path and place`(
        fields: String, code: String, path: String, column: Int
    ) throws {
        let error = try #require(Sample.error { try Self.read(Self.document(fields)) })
        #expect(error.code.rawValue == code)
        #expect(error.path == path)
        #expect(error.place == FeeError.Place(line: 2, column: column))
        #expect(error.description.hasPrefix("\(code): \(path) (2:\(column)): "))
    }

    @Test(arguments: [
        (#"{"version":1,"valid_from":"2026-07-01T00:00:00Z"}"#, "missing_field", "rules"),
        (#"{"version":1,"rules":[]}"#, "missing_field", "valid_from"),
        (
            #"{"version":"1","valid_from":"2026-07-01T00:00:00Z","rules":[]}"#, "wrong_type",
            "version"
        ),
        (
            #"{"version":0,"valid_from":"2026-07-01T00:00:00Z","rules":[]}"#, "out_of_range",
            "version"
        ),
        (#"{"version":1,"valid_from":"2026-07-01","rules":[]}"#, "out_of_range", "valid_from"),
        (
            #"{"version":1,"valid_from":"1969-12-31T23:59:59Z","rules":[]}"#, "out_of_range",
            "valid_from"
        ),
        (#"{"version":1,"valid_from":"2026-07-01T00:00:00Z","rules":{}}"#, "wrong_type", "rules"),
        (
            #"{"version":1,"valid_from":"2026-07-01T00:00:00Z","rules":[],"note":""}"#,
            "unknown_field", "note"
        ),
        (
            #"{"version":1,"valid_from":"2026-07-01T00:00:00Z","rules":[[]]}"#, "wrong_type",
            "rules[0]"
        ),
        ("[]", "wrong_type", ""),
    ])
    func `what is wrong with a document is named by code and path`(
        text: String, code: String, path: String
    ) throws {
        let error = try #require(Sample.error { try Self.read(text) })
        #expect(error.code.rawValue == code)
        #expect(error.path == path)
        #expect(error.place?.line == 1)
    }

    @Test func `a tie in a document has the place of the later rule`() throws {
        let error = try #require(
            Sample.error {
                try Self.read(
                    """
                    {"version":1,"valid_from":"2026-07-01T00:00:00Z","rules":[
                      {"id":"a","kind":"card","paid_by":"payer"},
                      {"id":"b","tier":"gold","paid_by":"payer"}]}
                    """)
            })
        #expect(
            error.description
                == "tied_rules: rules[1] (3:3): b and a both match card payments of tier gold, and "
                + "neither is the narrower one: narrow one of them, or add a rule for just these")
    }

    @Test(arguments: [
        ("", 1, 1), ("{", 1, 2), ("{\"a\" 1}", 1, 6), ("{\"version\": 01}", 1, 14),
        ("[1,]", 1, 4), ("{}\n x", 2, 2), ("\"\\x\"", 1, 3), ("\"a\nb\"", 1, 3), ("tru", 1, 4),
        ("[-]", 1, 3), ("\"\\ud800\"", 1, 8), ("\"\\udc00\"", 1, 8), ("\"abc", 1, 5), ("1.", 1, 3),
        ("[1 2]", 1, 4), ("\u{feff}{}", 1, 1),
    ])
    func `text that is no JSON is refused where it goes wrong`(
        text: String, line: Int, column: Int
    ) {
        let error = Sample.error { try Self.read(text) }
        #expect(error?.code == .malformedJSON)
        #expect(error?.place == FeeError.Place(line: line, column: column))
    }

    @Test func `bytes that are no text, deep nesting and large documents are refused`() {
        #expect(Sample.error { try FeeSchedule(json: [0x22, 0xff, 0x22]) }?.code == .malformedJSON)
        let deep = String(repeating: "[", count: 100_000)
        #expect(Sample.error { try Self.read(deep) }?.detail.contains("nesting") == true)
        let large = [UInt8](repeating: 0x20, count: FeeSchedule.maximumBytes + 1)
        #expect(Sample.error { try FeeSchedule(json: large) }?.code == .tooLarge)
    }

    @Test func `escapes stand for what RFC 8259 says`() throws {
        let node = try JSONReader.read(Array(#""\"\\\/\b\f\n\r\t\u00e9\ud83d\ude00""#.utf8))
        #expect(node.value == .string("\"\\/\u{8}\u{c}\n\r\té😀"))
    }
}

import Testing
import WebAuthn

@Suite struct ClientDataTests {
    private static func read(_ text: String) throws -> ClientData {
        try ClientData(json: Array(text.utf8))
    }

    @Test func `what browsers write is read, whatever else they write`() throws {
        let data = try Self.read(
            """
            {"type":"webauthn.get","challenge":"AQID","origin":"https://wallet.example",\
            "crossOrigin":true,"topOrigin":"https://shop.example",\
            "tokenBinding":{"status":"present","id":"AQ"},\
            "other_keys_can_be_added_here":{"x":[1,2.5e3,null]}}
            """)
        #expect(data.type == "webauthn.get" && data.challenge == [1, 2, 3])
        #expect(data.origin == "https://wallet.example")
        #expect(data.isCrossOrigin && data.usesTokenBinding)
        #expect(data.topOrigin == "https://shop.example")
    }

    @Test func `what clients of Level 1 leave out means no`() throws {
        let data = try Self.read(
            #"{"challenge":"","origin":"","type":"","tokenBinding":{"status":"supported"}}"#)
        #expect(!data.isCrossOrigin && !data.usesTokenBinding && data.topOrigin == nil)
    }

    private static func refusal(_ code: WebAuthnError.Code, _ text: String) -> Refusal {
        Refusal(code, text) { _ = try read(text) }
    }

    static let refusals: [Refusal] = [
        refusal(.malformedClientData, "[]"),
        refusal(.malformedClientData, "\"text\""),
        refusal(.malformedClientData, #"{"challenge":"AQ","origin":"o"}"#),
        refusal(.malformedClientData, #"{"type":"t","origin":"o"}"#),
        refusal(.malformedClientData, #"{"type":"t","challenge":"AQ"}"#),
        refusal(.malformedClientData, #"{"type":null,"challenge":"AQ","origin":"o"}"#),
        refusal(.malformedClientData, #"{"type":"t","challenge":7,"origin":"o"}"#),
        refusal(.malformedClientData, #"{"type":"t","challenge":"AQ","origin":["o"]}"#),
        refusal(
            .malformedClientData, #"{"type":"t","challenge":"AQ","origin":"","crossOrigin":"no"}"#),
        refusal(
            .malformedClientData, #"{"type":"t","challenge":"AQ","origin":"o","topOrigin":1}"#),
        refusal(
            .malformedClientData, #"{"type":"t","challenge":"AQ","origin":"","tokenBinding":"x"}"#),
        refusal(.malformedBase64URL, #"{"type":"t","challenge":"AQ==","origin":"o"}"#),
        refusal(.malformedJSON, #"{"type":"t","challenge":"AQ","origin":"o","origin":"o"}"#),
        refusal(.malformedJSON, #"{"type":"t","challenge":"AQ","origin":"o"}}"#),
        refusal(.malformedJSON, ""),
    ]

    @Test(arguments: refusals) func `members of a wrong type, missing or given twice are refused`(
        _ refusal: Refusal
    ) {
        refusal.expect()
    }
}

import Cryptography
import Foundation
import HardwareKeys
import Testing
import Vault

/// Keys that another process uses or made, by the Python package `python-pkcs11`. One after another: two processes that
/// make keys at once are more than SoftHSM's files bear.
@Suite(.serialized) struct SecondProcessTests {
    private let dataKey = randomBytes(32)
    private let owner = Array("person 7".utf8)

    @Test func `another process has the same key, and neither has its value`() async throws {
        let token = SoftToken.visited
        let key = try PKCS11Key(token.key("of two"), ifMissing: .generate)

        let ours = Hexadecimal.encode(try key.wrap(dataKey, context: owner))
        let read = try await token.peer("of two", "open", ours, "person 7")
        #expect(read == Hexadecimal.encode(dataKey))
        let theirs = try await token.peer(
            "of two", "seal", Hexadecimal.encode(dataKey), "person 7")
        let bytes = try #require(Hexadecimal.decode(theirs))
        #expect(try key.unwrap(bytes, context: owner) == dataKey)

        let text = try await token.peer("of two", "attributes")
        let said = try JSONDecoder().decode(Attributes.self, from: Data(text.utf8))
        #expect(
            said
                == Attributes(
                    count: 1, bits: 256, private: true, sensitive: true, extractable: false,
                    neverExtractable: true, local: true, value: "AttributeSensitive"))
    }

    private struct Attributes: Decodable, Equatable {
        let count, bits: Int
        let `private`, sensitive, extractable, neverExtractable, local: Bool
        let value: String
    }

    @Test func `keys that may leave the token, are short or have no id are refused`() async throws {
        let token = SoftToken.visited
        for (label, bits, extractable, id, why) in [
            ("leaving", "256", "extractable", "id", "may leave the token"),
            ("short", "128", "sensitive", "id", "AES-256 is needed"),
            ("nameless", "256", "sensitive", "none", "no CKA_ID"),
        ] {
            _ = try await token.peer(label, "make", bits, extractable, id)
            let error = #expect(throws: HardwareKeyError.self) {
                try PKCS11Key(token.key(label), ifMissing: .generate)
            }
            #expect(error?.description.contains(why) == true, "\(label): \(error as Any)")
        }
        _ = try await token.peer("double", "make", "256", "sensitive", "id")
        _ = try await token.peer("double", "make", "256", "sensitive", "id")
        let error = #expect(throws: HardwareKeyError.self) { try PKCS11Key(token.key("double")) }
        #expect(error?.description.contains("has 2 AES keys double") == true)
    }
}

import Crypto
import Cryptography
import Testing

@testable import Notices

@Suite struct PushEncryptionTests {
    private static let publicKey =
        "BCVxsr7N_eNgVRqvHtD0zTZsEc6-VV-JvLexhqUzORcxaOzi6-AYWXvTBHm4bjyPjs7Vd8pZGH6SRpkNtoIAiw4"

    private func subscription() throws -> WebPushSubscription {
        try WebPushSubscription(
            endpoint: "https://push.example.net/1", publicKey: Self.publicKey,
            secret: "BTBZMqHH6r4Tts7J_aSIgg")
    }

    @Test func `the example of RFC 8291, appendix A, comes out byte for byte`() throws {
        let key = try P256.KeyAgreement.PrivateKey(
            rawRepresentation: try #require(
                Base64URL.decode("yfWPiYE-n46HLnH0KqZOF1fJJU3MYrct3AELtAQ-oRw")))
        let encrypted = PushEncryption.encrypt(
            Array("When I grow up, I want to be a watermelon".utf8), for: try subscription(),
            key: key, salt: try #require(Base64URL.decode("DGv6ra1nlYgDCS1FRnbzlw")),
            blockBytes: 1)
        #expect(
            Base64URL.encode(try #require(encrypted))
                == "DGv6ra1nlYgDCS1FRnbzlwAAEABBBP4z9KsN6nGRTbVYI_c7VJSPQTBtkgcy27mlmlMoZIIg"
                + "Dll6e3vCYLocInmYWAmS6TlzAC8wEqKK6PBru3jl7A_yl95bQpu6cVPTpK4Mqgkf1CXztLVB"
                + "St2Ks3oZwbuwXPXLWyouBWLVWGNWQexSgSxsj_Qulcy4a-fN")
    }

    @Test func `messages of near lengths are equally long, and none is too long for one record`()
        throws
    {
        func length(_ count: Int) throws -> Int? {
            PushEncryption.encrypt([UInt8](repeating: 1, count: count), for: try subscription())?
                .count
        }
        #expect(try length(1) == length(256))
        #expect(try length(257) == length(512))
        #expect(try length(257) != length(256))
        #expect(PushEncryption.longestMessage == 3_993)
        #expect(try length(3_993) == 4_096)
        #expect(try length(3_841) == 4_096)
        #expect(try length(3_994) == nil)
    }

    @Test func `no two messages are encrypted alike`() throws {
        let subscription = try subscription()
        let messages = (0..<20).compactMap { _ in
            PushEncryption.encrypt([1, 2, 3], for: subscription)
        }
        #expect(Set(messages.map { $0.prefix(16) }).count == 20)
        #expect(Set(messages.map { $0[21..<86] }).count == 20)
    }
}

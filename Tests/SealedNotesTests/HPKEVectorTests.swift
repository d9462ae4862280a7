import Crypto
import Cryptography
import Foundation
import Testing

/// The HPKE below ours, against RFC 9180. Its senders choose their ephemeral keys, so that vectors can only be opened.
@Suite struct HPKEVectorTests {
    private static func bytes(_ digits: String) throws -> Data {
        Data(try #require(Hexadecimal.decode(digits)))
    }

    @Test(arguments: HPKEVector.all)
    func `vectors of appendix A open`(vector: HPKEVector) throws {
        var recipient = try Self.recipient(vector)
        let exported = try recipient.exportSecret(
            context: Self.bytes(vector.exporterContext), outputByteCount: 32)
        #expect(Data(exported.withUnsafeBytes { Array($0) }) == (try Self.bytes(vector.exported)))
        for encryption in vector.encryptions {
            let plain = try recipient.open(
                Self.bytes(encryption.ct), authenticating: Self.bytes(encryption.aad))
            #expect(plain == (try Self.bytes(encryption.pt)))
        }
    }

    private static func recipient(_ vector: HPKEVector) throws -> HPKE.Recipient {
        let (secret, info, enc) = (
            try bytes(vector.skRm), try bytes(vector.info), try bytes(vector.enc)
        )
        let sender = try vector.pkSm.map(bytes)
        if vector.kem == 0x20 {
            let suite = HPKE.Ciphersuite.Curve25519_SHA256_ChachaPoly
            let key = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: secret)
            guard let sender else {
                return try HPKE.Recipient(
                    privateKey: key, ciphersuite: suite, info: info, encapsulatedKey: enc)
            }
            return try HPKE.Recipient(
                privateKey: key, ciphersuite: suite, info: info, encapsulatedKey: enc,
                authenticatedBy: .init(rawRepresentation: sender))
        }
        let suite = HPKE.Ciphersuite(
            kem: .P256_HKDF_SHA256, kdf: .HKDF_SHA256, aead: .chaChaPoly)
        let key = try P256.KeyAgreement.PrivateKey(rawRepresentation: secret)
        guard let sender else {
            return try HPKE.Recipient(
                privateKey: key, ciphersuite: suite, info: info, encapsulatedKey: enc)
        }
        return try HPKE.Recipient(
            privateKey: key, ciphersuite: suite, info: info, encapsulatedKey: enc,
            authenticatedBy: .init(x963Representation: sender))
    }
}

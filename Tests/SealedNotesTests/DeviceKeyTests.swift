import Crypto
import Cryptography
import Foundation
import Testing

@testable import SealedNotes

/// Which public keys are accepted, and how they are written.
@Suite struct DeviceKeyTests {
    @Test(arguments: SealingSuite.allCases)
    func `a key is the same after JSON and bytes`(suite: SealingSuite) throws {
        let key = try DevicePrivateKey(suite: suite)
        let shown = key.publicKey
        #expect(try DevicePublicKey(bytes: shown.bytes) == shown)
        #expect(
            try JSONDecoder().decode(DevicePublicKey.self, from: JSONEncoder().encode(shown))
                == shown)
        #expect(try DevicePrivateKey(suite: suite, raw: key.raw).publicKey == shown)
        #expect(SealingSuite(name: suite.name) == suite)
        #expect(shown.id == (try DevicePublicKey(bytes: shown.bytes)).id)
    }

    @Test func `one key under another suite is another key`() throws {
        let key = try DevicePrivateKey(suite: .p256AES256GCM).publicKey
        let other = try DevicePublicKey(suite: .p256ChaCha20Poly1305, raw: key.raw)
        #expect(key.id != other.id)
    }

    /// Points of small order on Curve25519 and its twist, each in the encoding below 2^255 - 19, and others of them
    /// beyond.
    private static let unsafe = [
        "0000000000000000000000000000000000000000000000000000000000000000",
        "0100000000000000000000000000000000000000000000000000000000000000",
        "e0eb7a7c3b41b8ae1656e3faf19fc46ada098deb9c32b1fd866205165f49b800",
        "5f9c95bca3508c24b1d0b1559c83ef5b04445cc4581c8e86d8224eddd09f1157",
        "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
    ]

    @Test(arguments: unsafe) func `points of small order are refused`(digits: String) throws {
        let raw = try #require(Hexadecimal.decode(digits))
        #expect(
            refuses("small order") { _ = try DevicePublicKey(suite: .x25519AES256GCM, raw: raw) })
    }

    /// A sender who encapsulates with a key of small order makes a secret that depends on nothing of theirs but the
    /// key by which they are known.
    @Test(arguments: unsafe)
    func `nothing opens with an encapsulated point of small order`(digits: String) throws {
        let raw = try #require(Hexadecimal.decode(digits))
        let (own, sender) = (
            try DevicePrivateKey(suite: .x25519AES256GCM),
            try DevicePrivateKey(suite: .x25519AES256GCM)
        )
        let sealed = try Self.seal([1, 2, 3], to: own.publicKey, from: sender, encapsulating: raw)
        #expect(own.open(sealed, encapsulated: raw, from: sender.publicKey, info: [7]) == nil)
        // The same by a key of full order opens: what is refused is nothing but the point.
        let ephemeral = try DevicePrivateKey(suite: .x25519AES256GCM)
        let right = try Self.seal(
            [1, 2, 3], to: own.publicKey, from: sender, encapsulating: ephemeral.publicKey.raw,
            agreed: Curve25519.KeyAgreement.PrivateKey(rawRepresentation: ephemeral.raw)
                .sharedSecretFromKeyAgreement(with: .init(rawRepresentation: own.publicKey.raw))
                .withUnsafeBytes { Array($0) })
        #expect(
            own.open(
                right, encapsulated: ephemeral.publicKey.raw, from: sender.publicKey, info: [7])
                == [1, 2, 3])
    }

    /// HPKE in auth mode (RFC 9180, sections 4.1 and 5.1) for a known first secret, which is 0 with points of small
    /// order.
    private static func seal(
        _ plain: [UInt8], to recipient: DevicePublicKey, from sender: DevicePrivateKey,
        encapsulating enc: [UInt8], agreed: [UInt8] = [UInt8](repeating: 0, count: 32)
    ) throws -> [UInt8] {
        let kem: [UInt8] = Array("KEM".utf8) + [0, 0x20]
        let hpke: [UInt8] = Array("HPKE".utf8) + [0, 0x20, 0, 1, 0, 2]
        func extract(_ suite: [UInt8], _ salt: [UInt8], _ label: String, _ key: [UInt8])
            -> SymmetricKey
        {
            let labeled = Array("HPKE-v1".utf8) + suite + Array(label.utf8) + key
            return SymmetricKey(
                data: HKDF<Crypto.SHA256>.extract(
                    inputKeyMaterial: SymmetricKey(data: labeled), salt: salt))
        }
        func expand(
            _ suite: [UInt8], _ key: SymmetricKey, _ label: String, _ info: [UInt8], _ count: Int
        ) -> SymmetricKey {
            let labeled: [UInt8] =
                [0, UInt8(count)] + Array("HPKE-v1".utf8) + suite + Array(label.utf8) + info
            return HKDF<Crypto.SHA256>.expand(
                pseudoRandomKey: key, info: labeled, outputByteCount: count)
        }
        let second = try Curve25519.KeyAgreement.PrivateKey(rawRepresentation: sender.raw)
            .sharedSecretFromKeyAgreement(with: .init(rawRepresentation: recipient.raw))
            .withUnsafeBytes { Array($0) }
        let context = enc + recipient.raw + sender.publicKey.raw
        let shared = expand(
            kem, extract(kem, [], "eae_prk", agreed + second), "shared_secret", context, 32)
        func bytes(_ key: SymmetricKey) -> [UInt8] { key.withUnsafeBytes { Array($0) } }
        let schedule =
            [2] + bytes(extract(hpke, [], "psk_id_hash", []))
            + bytes(extract(hpke, [], "info_hash", [7]))
        let secret = extract(hpke, bytes(shared), "secret", [])
        let box = try AES.GCM.seal(
            plain, using: expand(hpke, secret, "key", schedule, 32),
            nonce: AES.GCM.Nonce(data: bytes(expand(hpke, secret, "base_nonce", schedule, 12))))
        return Array(box.ciphertext) + Array(box.tag)
    }

    @Test func `numbers that are not reduced are refused`() throws {
        for (first, last) in [(0xed, 0x7f), (0xee, 0x7f), (0xff, 0x7f), (9, 0x80), (9, 0xff)] {
            var raw = [UInt8](repeating: last & 0x7f == 0x7f ? 0xff : 0, count: 32)
            (raw[0], raw[31]) = (UInt8(first), UInt8(last))
            #expect(
                refuses("below 2^255") {
                    _ = try DevicePublicKey(suite: .x25519AES256GCM, raw: raw)
                })
        }
        var base = [UInt8](repeating: 0, count: 32)
        base[0] = 9
        _ = try DevicePublicKey(suite: .x25519AES256GCM, raw: base)
    }

    @Test func `what is no point of P-256 is refused`() throws {
        let point = try DevicePrivateKey(suite: .p256AES256GCM).publicKey.raw
        for index in [1, 32, 33, 64] {
            var other = point
            other[index] ^= 1
            #expect(
                refuses("no point") { _ = try DevicePublicKey(suite: .p256AES256GCM, raw: other) })
        }
        // Infinity, and forms that other programs have for a point.
        for raw in [
            [0] + point.dropFirst(), [6] + point.dropFirst(), [UInt8](repeating: 0, count: 65),
        ] {
            #expect(refuses { _ = try DevicePublicKey(suite: .p256AES256GCM, raw: raw) })
        }
        #expect(
            refuses("33 bytes") {
                _ = try DevicePublicKey(suite: .p256AES256GCM, raw: [2] + point[1...32])
            })
    }

    @Test func `JSON that is no key is refused`() throws {
        for json in [
            #"{"suite":"X448","key":""}"#, #"{"suite":"P256-SHA256-AES256GCM","key":"AA=="}"#,
            #"{"suite":"P256-SHA256-AES256GCM","key":"AA"}"#,
        ] {
            #expect(
                refuses {
                    _ = try JSONDecoder().decode(DevicePublicKey.self, from: Data(json.utf8))
                })
        }
        #expect(refuses("no suite") { _ = try DevicePublicKey(bytes: []) })
        #expect(refuses("no suite") { _ = try DevicePublicKey(bytes: [9, 1]) })
    }

    @Test func `a device has one key of a curve`() throws {
        let keys = [
            try DevicePrivateKey(suite: .x25519AES256GCM),
            try DevicePrivateKey(suite: .x25519ChaCha20Poly1305),
        ]
        let party = try #require(Party("ana"))
        #expect(refuses { _ = try NoteSealing(party: party, device: DeviceID(), keys: keys) })
        #expect(refuses { _ = try NoteSealing(party: party, device: DeviceID(), keys: []) })
    }
}

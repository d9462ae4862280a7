import Crypto
import CryptoExtras
import Testing

@testable import WebAuthn

@testable import TestAuthenticator

@Suite struct COSEKeyTests {
    private typealias Writer = CBORWriter

    @Test(arguments: SoftwareKey.all)
    func `a key of each algorithm verifies what it signed and nothing else`(
        _ key: SoftwareKey
    ) throws {
        let bytes = try key.cose()
        let read = try COSEKey(bytes)
        #expect(read.algorithm.rawValue == key.algorithm && read.bytes == bytes)
        #expect(try COSEKey(read.bytes) == read)
        let message = Array("to be signed".utf8)
        let signature = try key.signature(of: message)
        #expect(read.isValid(signature: signature, for: message))
        #expect(!read.isValid(signature: signature, for: message + [0]))
        #expect(!read.isValid(signature: [], for: message))
        #expect(!read.isValid(signature: signature + [0], for: message))
        #expect(!read.isValid(signature: Array(signature.dropLast()), for: message))
        for bit in stride(from: 0, to: signature.count * 8, by: 7) {
            var flipped = signature
            flipped[bit / 8] ^= 1 << UInt8(bit % 8)
            #expect(!read.isValid(signature: flipped, for: message), "bit \(bit)")
        }
    }

    @Test func `an ECDSA signature is taken as DER only`() throws {
        let key = P256.Signing.PrivateKey()
        let signature = try key.signature(for: [1, 2, 3])
        let read = try COSEKey(SoftwareKey.ecdsa(key).cose())
        #expect(read.isValid(signature: Array(signature.derRepresentation), for: [1, 2, 3]))
        #expect(!read.isValid(signature: Array(signature.rawRepresentation), for: [1, 2, 3]))
    }

    @Test func `RSA moduli of 2048 to 4096 bits are taken`() throws {
        for bits in [2_048, 2_049, 3_072, 4_096] {
            _ = try COSEKey(SoftwareKey.rsa.cose([-1: Writer.bytes(modulus(bits))]))
        }
    }

    /// A number of so many bits, and no product of primes that anyone knows.
    private static func modulus(_ bits: Int) -> [UInt8] {
        let count = (bits + 7) / 8
        let top = UInt8(1) << UInt8((bits - 1) % 8)
        return [top] + [UInt8](repeating: 0x5b, count: count - 1)
    }

    private func modulus(_ bits: Int) -> [UInt8] { Self.modulus(bits) }

    private static func key(
        _ code: WebAuthnError.Code, _ name: String, _ key: SoftwareKey, _ changes: [Int64: [UInt8]?]
    ) -> Refusal {
        Refusal(code, name) { _ = try COSEKey(key.cose(changes)) }
    }

    static let refusals: [Refusal] = [
        Refusal(.malformedKey, "no map") { _ = try COSEKey(Writer.array([])) },
        Refusal(.malformedKey, "an empty map") { _ = try COSEKey(Writer.map([])) },
        Refusal(.malformedCBOR, "bytes after the key") {
            _ = try COSEKey(SoftwareKey.p256.cose() + [0])
        },
        Refusal(.duplicateCBORKey, "a parameter twice") {
            _ = try COSEKey([0xa2, 0x01, 0x02, 0x01, 0x02])
        },
        key(.malformedKey, "no algorithm", .p256, [3: nil]),
        key(.malformedKey, "a text as algorithm", .p256, [3: Writer.text("ES256")]),
        key(.malformedKey, "no type", .p256, [1: nil]),
        key(.malformedKey, "no curve", .p256, [-1: nil]),
        key(.malformedKey, "no x", .p256, [-2: nil]),
        key(.malformedKey, "no y", .p256, [-3: nil]),
        key(.malformedKey, "only the sign of y", .p256, [-3: [0xf5]]),
        key(.malformedKey, "a short x", .p256, [-2: Writer.bytes([1])]),
        key(.malformedKey, "a long y", .p256, [-3: Writer.bytes([UInt8](repeating: 1, count: 33))]),
        key(.malformedKey, "a key id besides", .p256, [2: Writer.bytes([1])]),
        key(.malformedKey, "a parameter without meaning", .ed25519, [-70: Writer.integer(1)]),
        key(.malformedKey, "a private RSA exponent", .rsa, [-3: Writer.bytes([1])]),
        key(.malformedKey, "EdDSA with two coordinates", .p256, [3: Writer.integer(-8)]),
        key(.malformedKey, "ES256 with an RSA key", .rsa, [3: Writer.integer(-7)]),
        key(.malformedKey, "RS256 with one coordinate", .ed25519, [3: Writer.integer(-257)]),
        key(.unsupportedKey, "ES384", .p256, [3: Writer.integer(-35)]),
        key(.unsupportedKey, "PS256", .rsa, [3: Writer.integer(-37)]),
        key(.unsupportedKey, "ES256 on P-384", .p256, [-1: Writer.integer(2)]),
        key(.unsupportedKey, "EdDSA on Ed448", .ed25519, [-1: Writer.integer(7)]),
        key(
            .invalidPoint, "a point beside P-256", .p256,
            [-2: Writer.bytes([UInt8](repeating: 7, count: 32))]),
        key(
            .invalidPoint, "the point at infinity", .p256,
            [
                -2: Writer.bytes([UInt8](repeating: 0, count: 32)),
                -3: Writer.bytes([UInt8](repeating: 0, count: 32)),
            ]),
        key(
            .invalidPoint, "coordinates beyond the field", .p256,
            [-2: Writer.bytes([UInt8](repeating: 0xff, count: 32))]),
        key(.wrongKeySize, "RSA of 1024 bits", .rsa, [-1: Writer.bytes(modulus(1_024))]),
        key(.wrongKeySize, "RSA of 2047 bits", .rsa, [-1: Writer.bytes(modulus(2_047))]),
        key(.wrongKeySize, "RSA of 4097 bits", .rsa, [-1: Writer.bytes(modulus(4_097))]),
        key(
            .malformedKey, "a modulus with a leading zero", .rsa,
            [-1: Writer.bytes([0] + modulus(2_048))]),
        key(.malformedKey, "no modulus", .rsa, [-1: Writer.bytes([])]),
        key(
            .malformedKey, "an even modulus", .rsa,
            [-1: Writer.bytes(modulus(2_048).dropLast() + [2])]),
        key(.malformedKey, "no exponent", .rsa, [-2: Writer.bytes([])]),
        key(.weakKey, "the exponent 1", .rsa, [-2: Writer.bytes([1])]),
        key(.weakKey, "the exponent 2", .rsa, [-2: Writer.bytes([2])]),
        key(.weakKey, "an exponent of 33 bits", .rsa, [-2: Writer.bytes([1, 0, 0, 0, 1])]),
    ]

    @Test(arguments: refusals) func `a key that cannot be used is refused by what is wrong with it`(
        _ refusal: Refusal
    ) {
        refusal.expect()
    }

    @Test func `Ed25519 keys of small order, whose signatures prove nothing, are refused`() throws {
        #expect(SmallOrderPoint.ordinates.count == 7)
        // The neutral element as R, and 0 as s: made without any private key.
        let forged = [1] + [UInt8](repeating: 0, count: 63)
        for ordinate in SmallOrderPoint.ordinates {
            let unguarded = try Curve25519.Signing.PublicKey(rawRepresentation: ordinate)
            let messages = (UInt8(0)..<200).map { [$0] }
            #expect(messages.contains { unguarded.isValidSignature(forged, for: $0) })
            for sign: UInt8 in [0, 0x80] {
                let point = Array(ordinate[..<31]) + [ordinate[31] | sign]
                Refusal(.weakKey, "\(point)") {
                    _ = try COSEKey(SoftwareKey.ed25519.cose([-2: Writer.bytes(point)]))
                }.expect()
            }
        }
    }
}

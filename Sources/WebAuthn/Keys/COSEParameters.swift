internal import Crypto
internal import CryptoExtras

/// The parameters of a COSE key, by their labels.
struct COSEParameters {
    /// Labels that all keys have (RFC 9052, section 7.1).
    private enum Label {
        static let keyType: Int64 = 1
        static let algorithm: Int64 = 3
    }

    /// Labels of keys on curves (RFC 9053, sections 7.1.1 and 7.2).
    private enum CurveLabel {
        static let curve: Int64 = -1
        static let x: Int64 = -2
        static let y: Int64 = -3
    }

    /// Labels of RSA keys (RFC 8230, section 4).
    private enum RSALabel {
        static let modulus: Int64 = -1
        static let exponent: Int64 = -2
    }

    /// Key types and curves (RFC 9053, section 7.1; RFC 8230, section 4).
    private enum Number {
        static let octetKeyPair: Int64 = 1
        static let twoCoordinates: Int64 = 2
        static let rsa: Int64 = 3
        static let p256: Int64 = 1
        static let ed25519: Int64 = 6
    }

    private let value: CBOR
    private let count: Int

    init(_ value: CBOR) throws(WebAuthnError) {
        guard let count = value.entryCount else {
            throw WebAuthnError(.malformedKey, "a COSE key is a map")
        }
        self.value = value
        self.count = count
    }

    /// The key that they describe.
    func key() throws(WebAuthnError) -> (COSEKey.Algorithm, COSEKey.Material) {
        let number = try integer(Label.algorithm, "alg")
        guard let algorithm = COSEKey.Algorithm(rawValue: number) else {
            throw WebAuthnError(.unsupportedKey, "the algorithm \(number) is not supported")
        }
        switch algorithm {
        case .es256: return (algorithm, .p256(try p256()))
        case .eddsa: return (algorithm, .ed25519(try ed25519()))
        case .rs256: return (algorithm, .rsa(try rsa()))
        }
    }

    // MARK: - Kinds of keys

    private func p256() throws(WebAuthnError) -> P256.Signing.PublicKey {
        try requireType(Number.twoCoordinates, of: "ES256")
        try requireCurve(Number.p256, "P-256")
        let x = try bytes(CurveLabel.x, "x", count: 32)
        let y = try bytes(CurveLabel.y, "y", count: 32)
        try requireCount(5)
        guard let key = try? P256.Signing.PublicKey(rawRepresentation: x + y) else {
            throw WebAuthnError(.invalidPoint, "x and y are no point of the curve P-256")
        }
        return key
    }

    private func ed25519() throws(WebAuthnError) -> Curve25519.Signing.PublicKey {
        try requireType(Number.octetKeyPair, of: "EdDSA")
        try requireCurve(Number.ed25519, "Ed25519")
        let x = try bytes(CurveLabel.x, "x", count: 32)
        try requireCount(4)
        guard !SmallOrderPoint.contains(x) else {
            throw WebAuthnError(
                .weakKey, "the point has a small order, so that one signature suits many messages")
        }
        guard let key = try? Curve25519.Signing.PublicKey(rawRepresentation: x) else {
            throw WebAuthnError(.invalidPoint, "x is no point of the curve Ed25519")
        }
        return key
    }

    private func rsa() throws(WebAuthnError) -> _RSA.Signing.PublicKey {
        try requireType(Number.rsa, of: "RS256")
        let modulus = try bytes(RSALabel.modulus, "n")
        let exponent = try bytes(RSALabel.exponent, "e")
        try requireCount(4)
        guard let top = modulus.first, top != 0, let first = exponent.first, first != 0 else {
            throw WebAuthnError(.malformedKey, "n and e are numbers without leading zeros")
        }
        let bits = modulus.count * 8 - top.leadingZeroBitCount
        guard (2_048...4_096).contains(bits) else {
            throw WebAuthnError(
                .wrongKeySize, "an RSA modulus has 2048 to 4096 bits, not \(bits)")
        }
        // With 1 every message is its own signature; an even exponent has no inverse.
        guard exponent != [1], exponent.last.map({ $0 & 1 }) == 1, exponent.count <= 4 else {
            throw WebAuthnError(
                .weakKey, "the RSA exponent is not an odd number from 3 to 4294967295")
        }
        guard let key = try? _RSA.Signing.PublicKey(n: modulus, e: exponent) else {
            throw WebAuthnError(.malformedKey, "n and e are no RSA key")
        }
        return key
    }

    // MARK: - Parameters

    private func requireType(_ type: Int64, of algorithm: String) throws(WebAuthnError) {
        let found = try integer(Label.keyType, "kty")
        guard found == type else {
            throw WebAuthnError(
                .malformedKey, "a key for \(algorithm) has the type \(type), not \(found)")
        }
    }

    private func requireCurve(_ curve: Int64, _ name: String) throws(WebAuthnError) {
        let found = try integer(CurveLabel.curve, "crv")
        guard found == curve else {
            throw WebAuthnError(
                .unsupportedKey, "the curve must be \(name) (\(curve)), not \(found)")
        }
    }

    /// Parameters that WebAuthn does not ask for must not be there (Level 2, section 6.5.1).
    private func requireCount(_ expected: Int) throws(WebAuthnError) {
        guard count == expected else {
            throw WebAuthnError(
                .malformedKey, "the key has \(count) parameters instead of \(expected)")
        }
    }

    private func integer(_ label: Int64, _ name: String) throws(WebAuthnError) -> Int64 {
        guard let integer = value[label]?.integer else {
            throw WebAuthnError(.malformedKey, "the key has no number \(name) (\(label))")
        }
        return integer
    }

    private func bytes(
        _ label: Int64, _ name: String, count: Int? = nil
    ) throws(WebAuthnError) -> [UInt8] {
        guard let bytes = value[label]?.bytes, count == nil || bytes.count == count else {
            let length = count.map { " of \($0) bytes" } ?? ""
            throw WebAuthnError(
                .malformedKey, "the key has no byte string \(name) (\(label))\(length)")
        }
        return bytes
    }
}

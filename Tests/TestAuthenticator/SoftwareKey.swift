import Crypto
import CryptoExtras

/// A credential's private key.
enum SoftwareKey: Sendable {
    case ecdsa(P256.Signing.PrivateKey)
    case eddsa(Curve25519.Signing.PrivateKey)
    case rs256(_RSA.Signing.PrivateKey)

    /// One of each kind. RSA keys take long to make, so that all tests share these.
    static let all: [SoftwareKey] = [
        .ecdsa(P256.Signing.PrivateKey()), .eddsa(Curve25519.Signing.PrivateKey()), sharedRSA,
    ]

    private static let sharedRSA: SoftwareKey = {
        // swift-crypto offers no way without `throws`, though making a key cannot fail.
        .rs256(try! _RSA.Signing.PrivateKey(keySize: .bits2048))
    }()

    static var p256: SoftwareKey { all[0] }
    static var ed25519: SoftwareKey { all[1] }
    static var rsa: SoftwareKey { all[2] }

    var algorithm: Int64 {
        switch self {
        case .ecdsa: -7
        case .eddsa: -8
        case .rs256: -257
        }
    }

    /// The public key's parameters, in canonical order.
    var parameters: [(Int64, [UInt8])] {
        get throws {
            let algorithm = (Int64(3), CBORWriter.integer(algorithm))
            switch self {
            case .ecdsa(let key):
                let point = Array(key.publicKey.rawRepresentation)
                return [
                    (1, CBORWriter.integer(2)), algorithm, (-1, CBORWriter.integer(1)),
                    (-2, CBORWriter.bytes(Array(point[..<32]))),
                    (-3, CBORWriter.bytes(Array(point[32...]))),
                ]
            case .eddsa(let key):
                return [
                    (1, CBORWriter.integer(1)), algorithm, (-1, CBORWriter.integer(6)),
                    (-2, CBORWriter.bytes(Array(key.publicKey.rawRepresentation))),
                ]
            case .rs256(let key):
                let numbers = try key.publicKey.getKeyPrimitives()
                return [
                    (1, CBORWriter.integer(3)), algorithm,
                    (-1, CBORWriter.bytes(Array(numbers.modulus))),
                    (-2, CBORWriter.bytes(Array(numbers.publicExponent))),
                ]
            }
        }
    }

    /// The public key as COSE, with some parameters replaced, added or, by nil, left out.
    func cose(_ changes: [Int64: [UInt8]?] = [:]) throws -> [UInt8] {
        let parameters = try parameters
        var entries: [(Int64, [UInt8])] = []
        for (label, value) in parameters {
            if let changed = changes[label] {
                if let changed { entries.append((label, changed)) }
            } else {
                entries.append((label, value))
            }
        }
        for (label, value) in changes.sorted(by: { $0.key > $1.key }) {
            if let value, !parameters.contains(where: { $0.0 == label }) {
                entries.append((label, value))
            }
        }
        return CBORWriter.map(entries.map { (CBORWriter.integer($0.0), $0.1) })
    }

    func signature(of bytes: [UInt8]) throws -> [UInt8] {
        switch self {
        case .ecdsa(let key): Array(try key.signature(for: bytes).derRepresentation)
        case .eddsa(let key): Array(try key.signature(for: bytes))
        case .rs256(let key):
            Array(
                try key.signature(for: bytes, padding: .insecurePKCS1v1_5).rawRepresentation)
        }
    }
}

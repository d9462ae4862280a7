internal import Crypto
internal import Foundation

/// What a device keeps to itself. Servers have no use for it.
public struct DevicePrivateKey: Sendable {
    private enum Secret: Sendable {
        case x25519(Curve25519.KeyAgreement.PrivateKey)
        case p256(P256.KeyAgreement.PrivateKey)
    }
    private let secret: Secret
    /// What is shown of it.
    public let publicKey: DevicePublicKey

    /// A new key.
    public init(suite: SealingSuite) throws(SealedNoteError) {
        switch suite.curve {
        case .x25519: try self.init(suite, .x25519(Curve25519.KeyAgreement.PrivateKey()))
        case .p256: try self.init(suite, .p256(P256.KeyAgreement.PrivateKey()))
        }
    }

    /// A key from its 32 bytes (RFC 9180, section 7.1.2).
    public init(suite: SealingSuite, raw: [UInt8]) throws(SealedNoteError) {
        guard raw.count == SealingSuite.privateKeyBytes else {
            throw .key("a private key has 32 bytes")
        }
        switch suite.curve {
        case .x25519:
            guard let key = try? Curve25519.KeyAgreement.PrivateKey(rawRepresentation: raw) else {
                throw .key("it is no private key of X25519")
            }
            try self.init(suite, .x25519(key))
        case .p256:
            guard let key = try? P256.KeyAgreement.PrivateKey(rawRepresentation: raw) else {
                throw .key("it is no private key of P-256")
            }
            try self.init(suite, .p256(key))
        }
    }

    private init(_ suite: SealingSuite, _ secret: Secret) throws(SealedNoteError) {
        self.secret = secret
        let raw =
            switch secret {
            case .x25519(let key): [UInt8](key.publicKey.rawRepresentation)
            case .p256(let key): [UInt8](key.publicKey.x963Representation)
            }
        publicKey = try DevicePublicKey(suite: suite, raw: raw)
    }

    /// The key's 32 bytes, for the device's own keeping.
    public var raw: [UInt8] {
        switch secret {
        case .x25519(let key): [UInt8](key.rawRepresentation)
        case .p256(let key): [UInt8](key.rawRepresentation)
        }
    }

    /// Seals in HPKE's auth mode (RFC 9180, section 5.1.3): who opens it knows that this key sealed it.
    func seal(
        _ plain: [UInt8], to recipient: DevicePublicKey, info: [UInt8]
    ) -> (encapsulated: [UInt8], sealed: [UInt8])? {
        let (suite, info) = (recipient.suite.hpke, Data(info))
        do {
            var sender: HPKE.Sender
            switch (secret, recipient.suite.curve) {
            case (.x25519(let key), .x25519):
                let other = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: recipient.raw)
                sender = try HPKE.Sender(
                    recipientKey: other, ciphersuite: suite, info: info, authenticatedBy: key)
            case (.p256(let key), .p256):
                let other = try P256.KeyAgreement.PublicKey(x963Representation: recipient.raw)
                sender = try HPKE.Sender(
                    recipientKey: other, ciphersuite: suite, info: info, authenticatedBy: key)
            default: return nil
            }
            let sealed = try sender.seal(Data(plain))
            return ([UInt8](sender.encapsulatedKey), [UInt8](sealed))
        } catch { return nil }
    }

    /// Opens what `sender` sealed to this key with the same `info`; nil if it is not so.
    func open(
        _ sealed: [UInt8], encapsulated: [UInt8], from sender: DevicePublicKey, info: [UInt8]
    ) -> [UInt8]? {
        // An encapsulated key is a public one, and checked as those are.
        guard (try? DevicePublicKey(suite: publicKey.suite, raw: encapsulated)) != nil else {
            return nil
        }
        let (suite, info) = (publicKey.suite.hpke, Data(info))
        do {
            var recipient: HPKE.Recipient
            switch (secret, sender.suite.curve) {
            case (.x25519(let key), .x25519):
                let other = try Curve25519.KeyAgreement.PublicKey(rawRepresentation: sender.raw)
                recipient = try HPKE.Recipient(
                    privateKey: key, ciphersuite: suite, info: info,
                    encapsulatedKey: Data(encapsulated), authenticatedBy: other)
            case (.p256(let key), .p256):
                let other = try P256.KeyAgreement.PublicKey(x963Representation: sender.raw)
                recipient = try HPKE.Recipient(
                    privateKey: key, ciphersuite: suite, info: info,
                    encapsulatedKey: Data(encapsulated), authenticatedBy: other)
            default: return nil
            }
            return [UInt8](try recipient.open(Data(sealed)))
        } catch { return nil }
    }
}

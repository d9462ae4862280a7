internal import Crypto
internal import Cryptography
internal import Foundation

/// Message encryption for Web Push (RFC 8291): one record of `aes128gcm` (RFC 8188) under a key that is agreed on over
/// P-256 with the browser, and bound to its secret.
enum PushEncryption {
    /// A push service need not take more than so many bytes (RFC 8291, section 4).
    static let recordBytes = 4_096
    /// Salt, record size, and the sender's key with its length.
    private static let headerBytes = 16 + 4 + 1 + 65
    private static let tagBytes = 16
    /// Longest message: what remains in one record behind the header, with the byte that ends it.
    static let longestMessage = recordBytes - headerBytes - tagBytes - 1

    /// The encrypted message, with its header; nil if it is too long.
    ///
    /// - Parameter blockBytes: Messages are padded to multiples of so many bytes, as far as there is room, so that how long
    ///   they are tells less of what they say.
    static func encrypt(
        _ message: [UInt8], for subscription: WebPushSubscription, blockBytes: Int = 256
    ) -> [UInt8]? {
        encrypt(
            message, for: subscription, key: P256.KeyAgreement.PrivateKey(),
            salt: randomBytes(16), blockBytes: blockBytes)
    }

    /// The same with a sender's key and a salt; each is to be used once.
    static func encrypt(
        _ message: [UInt8], for subscription: WebPushSubscription,
        key: P256.KeyAgreement.PrivateKey, salt: [UInt8], blockBytes: Int
    ) -> [UInt8]? {
        guard message.count <= longestMessage,
            let receiver = try? P256.KeyAgreement.PublicKey(
                x963Representation: subscription.publicKey),
            let shared = try? key.sharedSecretFromKeyAgreement(with: receiver)
        else { return nil }
        let sender = [UInt8](key.publicKey.x963Representation)
        // Section 3.4: the secret of the key agreement is first mixed with the one that only the two know.
        let mixed = shared.hkdfDerivedSymmetricKey(
            using: Crypto.SHA256.self, salt: subscription.secret,
            sharedInfo: Array("WebPush: info\0".utf8) + subscription.publicKey + sender,
            outputByteCount: 32)
        let content = HKDF<Crypto.SHA256>.deriveKey(
            inputKeyMaterial: mixed, salt: salt,
            info: Array("Content-Encoding: aes128gcm\0".utf8), outputByteCount: 16)
        let nonce = HKDF<Crypto.SHA256>.deriveKey(
            inputKeyMaterial: mixed, salt: salt, info: Array("Content-Encoding: nonce\0".utf8),
            outputByteCount: 12)

        // 2 ends the last record, zeros behind it are padding (RFC 8188, section 2).
        let padded = min(
            longestMessage, (message.count + blockBytes - 1) / blockBytes * blockBytes)
        let record = message + [2] + [UInt8](repeating: 0, count: padded - message.count)
        guard let nonce = try? AES.GCM.Nonce(data: nonce.withUnsafeBytes { Data($0) }),
            let box = try? AES.GCM.seal(record, using: content, nonce: nonce)
        else { return nil }
        let size = withUnsafeBytes(of: UInt32(recordBytes).bigEndian) { Array($0) }
        return salt + size + [UInt8(sender.count)] + sender + box.ciphertext + box.tag
    }
}

internal import Crypto
internal import Cryptography
internal import Foundation
private import Synchronization

/// What wraps data keys. One that never leaves its hardware can stand in for ``MasterKey``.
public protocol KeyWrapping: Sendable {
    /// Says which key it is, without saying anything of it.
    var id: String { get }
    /// A wrapped form of `key`, which unwraps with the same `context` only.
    func wrap(_ key: [UInt8], context: [UInt8]) throws(VaultError) -> [UInt8]
    /// What was wrapped.
    func unwrap(_ wrapped: [UInt8], context: [UInt8]) throws(VaultError) -> [UInt8]
}

/// A master key held in memory: AES-256-GCM.
public struct MasterKey: KeyWrapping {
    private let key: SymmetricKey
    /// The first eight bytes of SHA-256 of a label and the key, in hexadecimal digits.
    public let id: String

    /// A key of 32 bytes.
    public init(bytes: [UInt8]) throws(VaultError) {
        guard bytes.count == 32 else { throw .malformedKey("a master key") }
        key = SymmetricKey(data: bytes)
        let digest = Cryptography.SHA256.hash(Array("holdfast.master-key".utf8) + bytes).bytes
        id = Hexadecimal.encode(digest.prefix(8))
    }

    /// Seals `key` under this one.
    public func wrap(_ key: [UInt8], context: [UInt8]) throws(VaultError) -> [UInt8] {
        DataKey.seal(key, under: self.key, authenticating: context)
    }

    /// Opens what this key sealed with the same context.
    public func unwrap(_ wrapped: [UInt8], context: [UInt8]) throws(VaultError) -> [UInt8] {
        guard let key = DataKey.open(wrapped, under: key, authenticating: context) else {
            throw .notOurs("data key")
        }
        return key
    }
}

/// A data key as it is kept.
public struct WrappedKey: Sendable, Equatable {
    /// The master key that wraps it.
    public var masterKey: String
    /// What that key made of it.
    public var bytes: [UInt8]

    /// A key as it was read.
    public init(masterKey: String, bytes: [UInt8]) {
        self.masterKey = masterKey
        self.bytes = bytes
    }
}

/// The master keys there are: the current one wraps, older ones only unwrap, until nothing is wrapped by them any more.
/// Copies are one: they change together.
public final class Keyring: Sendable {
    private let held: Mutex<[any KeyWrapping]>
    private var keys: [any KeyWrapping] { held.withLock { $0 } }

    /// - Parameter older: keys that wrapped before; none with the current one's identifier is needed.
    public init(current: any KeyWrapping, older: [any KeyWrapping] = []) {
        held = Mutex([current] + older)
    }

    /// Takes other keys from now on. What begins later uses them; what uses the earlier ones goes on with them.
    public func replace(current: any KeyWrapping, older: [any KeyWrapping]) {
        held.withLock { $0 = [current] + older }
    }

    /// Identifier of the key that wraps.
    public var currentID: String { keys[0].id }

    /// Wraps a key for its owner; it unwraps for no other.
    public func wrap(_ key: DataKey, for owner: String) throws(VaultError) -> WrappedKey {
        let current = keys[0]
        return WrappedKey(
            masterKey: current.id, bytes: try current.wrap(key.bytes, context: Array(owner.utf8)))
    }

    /// The key that was wrapped for `owner`.
    public func unwrap(_ wrapped: WrappedKey, for owner: String) throws(VaultError) -> DataKey {
        guard let key = keys.first(where: { $0.id == wrapped.masterKey }) else {
            throw .unknownMasterKey(wrapped.masterKey)
        }
        return try DataKey(bytes: key.unwrap(wrapped.bytes, context: Array(owner.utf8)))
    }
}

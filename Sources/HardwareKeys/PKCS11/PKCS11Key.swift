internal import CPKCS11
internal import Cryptography
internal import Synchronization
public import Vault

/// A master key that never leaves its hardware: an AES-256 key in a PKCS #11 token (v2.40), which wraps and unwraps
/// data keys there by AES-GCM. What it wraps is the nonce of 12 bytes, the ciphertext and the tag of 16 bytes.
///
/// For any thread: one call after another. A call waits for the token, milliseconds with most. When the token was taken
/// out and put back, or this process was logged out, the next call opens a new session and logs in again.
public final class PKCS11Key: KeyWrapping {
    /// What to do when a token has no such key.
    public enum Missing: Sendable {
        /// Says so: a wrong address must not make a new master key.
        case refuse
        /// Makes one, which never leaves the token. When several processes do so at once, all get the same.
        case generate
    }

    private struct Opened: ~Copyable {
        let session: PKCS11Session
        let key: ck_object_handle_t
        let id: String
    }

    private struct State: ~Copyable {
        var opened: Opened?
        /// A PIN that was refused is not tried again: tokens lock after a few.
        var refusedPIN: HardwareKeyError?
    }

    /// The first eight bytes of SHA-256 of a label, CKA_LABEL and CKA_ID, in hexadecimal digits. The token has no part
    /// in it: copies of one key in several tokens have the same, and so must keep label and id.
    public let id: String
    private let address: PKCS11URI
    private let state: Mutex<State>

    /// Opens a key.
    ///
    /// - Throws: ``HardwareKeyError`` if the module, the token or the key is not there, the PIN is wrong, or the key
    ///   may leave the token.
    public init(_ address: PKCS11URI, ifMissing: Missing = .refuse) throws(HardwareKeyError) {
        let opened = try Self.opening.withLock { (_) throws(HardwareKeyError) in
            if ifMissing == .generate { try Self.makeIfMissing(address) }
            return try Self.open(address)
        }
        id = opened.id
        self.address = address
        state = Mutex(State(opened: opened))
    }

    /// Keys are made and found one at a time in a process: SoftHSM fails when a token's objects change meanwhile.
    private static let opening = Mutex(())

    private static func makeIfMissing(_ address: PKCS11URI) throws(HardwareKeyError) {
        let session = try logIn(address, isWriting: true)
        _ = try session.findOrMakeKey(address)
    }

    private static func open(_ address: PKCS11URI) throws(HardwareKeyError) -> Opened {
        let session = try logIn(address, isWriting: false)
        let key = try session.findKey(address)
        let id = try session.identifier(of: key, address)
        return Opened(session: session, key: key, id: id)
    }

    /// Seals `key` in the token.
    ///
    /// - Throws: `VaultError.unavailable` if the token does not do it.
    public func wrap(_ key: [UInt8], context: [UInt8]) throws(VaultError) -> [UInt8] {
        do throws(HardwareKeyError) {
            return try perform { (opened) throws(HardwareKeyError) in
                try opened.session.seal(key, under: opened.key, authenticating: context)
            }
        } catch { throw .unavailable("\(error)") }
    }

    /// Opens what this key sealed with the same context.
    ///
    /// - Throws: `VaultError.unavailable` if the token does not do it, `VaultError.notOurs` if it was not sealed so.
    public func unwrap(_ wrapped: [UInt8], context: [UInt8]) throws(VaultError) -> [UInt8] {
        let key: [UInt8]?
        do throws(HardwareKeyError) {
            key = try perform { (opened) throws(HardwareKeyError) in
                try opened.session.open(wrapped, under: opened.key, authenticating: context)
            }
        } catch { throw .unavailable("\(error)") }
        guard let key else { throw .notOurs("data key") }
        return key
    }

    /// Does it in the session there is, or in a new one if that is stale.
    private func perform<Result: Sendable>(
        _ body: (borrowing Opened) throws(HardwareKeyError) -> Result
    ) throws(HardwareKeyError) -> Result {
        try state.withLock { (state) throws(HardwareKeyError) in
            if let refused = state.refusedPIN { throw refused }
            do throws(HardwareKeyError) {
                return try attempt(&state, body)
            } catch  where error.returnCode?.isStale == true {
                return try attempt(&state, body)
            }
        }
    }

    private func attempt<Result: Sendable>(
        _ state: inout State, _ body: (borrowing Opened) throws(HardwareKeyError) -> Result
    ) throws(HardwareKeyError) -> Result {
        do throws(HardwareKeyError) {
            let opened = if let opened = state.opened.take() { opened } else { try reopen() }
            // Not given back after an error: it may have been left in the midst of an operation.
            let result = try body(opened)
            state.opened = consume opened
            return result
        } catch {
            if error.returnCode?.isAboutPIN == true { state.refusedPIN = error }
            throw error
        }
    }

    private func reopen() throws(HardwareKeyError) -> Opened {
        let opened = try Self.opening.withLock { (_) throws(HardwareKeyError) in
            try Self.open(address)
        }
        guard opened.id == id else {
            throw .unfit(address.keyDescription, "it is another than before")
        }
        return opened
    }

    private static func logIn(
        _ address: PKCS11URI, isWriting: Bool
    ) throws(HardwareKeyError) -> PKCS11Session {
        let module = try PKCS11Module.load(address.modulePath)
        let token = try PKCS11Token.find(address, in: module)
        let session = try PKCS11Session(module, token, isWriting: isWriting)
        try session.logIn(try address.pin.pin())
        return session
    }
}

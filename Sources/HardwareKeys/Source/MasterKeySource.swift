public import Vault

/// Where a master key comes from, as configurations name it.
public enum MasterKeySource: Sendable, Equatable {
    /// `file:PATH` or `env:NAME`: a key that this process holds in its memory.
    case memory(SecretPlace)
    /// `pkcs11:…`: a key that stays in its hardware.
    case hardware(PKCS11URI)

    /// A source from its text: `file:` and an absolute path, `env:` and a variable's name, or a PKCS #11 URI (RFC
    /// 7512). Messages do not repeat the text: someone may have put the key itself there.
    public init(_ text: String) throws(HardwareKeyError) {
        if text.prefix(7).lowercased() == "pkcs11:" {
            self = .hardware(try PKCS11URI(text))
        } else if let place = SecretPlace(text) {
            self = .memory(place)
        } else {
            throw .source("file:/PATH, env:NAME or pkcs11:… is needed")
        }
    }

    /// Opens the key. Reads files and talks with tokens: not for threads that others wait for.
    ///
    /// - Parameter ifMissing: what to do when a token has no such key. Keys in memory are never made here.
    public func open(
        ifMissing: PKCS11Key.Missing = .refuse
    ) throws(HardwareKeyError) -> any KeyWrapping {
        switch self {
        case .hardware(let address): return try PKCS11Key(address, ifMissing: ifMissing)
        case .memory(let place):
            let bytes = try place.key()
            do throws(VaultError) { return try MasterKey(bytes: bytes) } catch {
                throw .secret("\(place)", "\(error)")
            }
        }
    }
}

internal import Vault

/// What somebody is told who is not registered, as it is kept: what is sealed, behind the wrapped key that it is sealed
/// under.
struct NobodysNotice: Sendable {
    var key: WrappedKey
    let sealed: [UInt8]

    init(key: WrappedKey, sealed: [UInt8]) {
        self.key = key
        self.sealed = sealed
    }

    /// nil for what is none.
    init?(_ bytes: [UInt8]) {
        var rest = bytes[...]
        guard let name = Self.take(&rest), let wrapped = Self.take(&rest) else { return nil }
        key = WrappedKey(masterKey: String(decoding: name, as: UTF8.self), bytes: wrapped)
        sealed = Array(rest)
    }

    /// The master key's name and the wrapped key, each behind its length in a byte, and what is sealed. nil if one of them
    /// is longer than that.
    var bytes: [UInt8]? {
        let name = Array(key.masterKey.utf8)
        guard let nameLength = UInt8(exactly: name.count),
            let length = UInt8(exactly: key.bytes.count)
        else { return nil }
        return [nameLength] + name + [length] + key.bytes + sealed
    }

    /// As many bytes as the first one says.
    private static func take(_ bytes: inout ArraySlice<UInt8>) -> [UInt8]? {
        guard let count = bytes.popFirst().map(Int.init), bytes.count >= count else { return nil }
        defer { bytes = bytes.dropFirst(count) }
        return Array(bytes.prefix(count))
    }
}

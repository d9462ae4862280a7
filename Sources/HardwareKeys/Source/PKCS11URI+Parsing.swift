extension PKCS11URI {
    private static let scheme = "pkcs11:"

    /// A PKCS #11 URI (RFC 7512), such as
    /// `pkcs11:token=Vault;object=master?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/run/pin`.
    ///
    /// Of the path: `token`, `serial`, `manufacturer`, `model`, `object`, `id` and `type=secret-key`; of the query:
    /// `module-path` and `pin-source` (`file:` and an absolute path, or `env:` and a variable's name). Needed are
    /// `token`, `object` or `id`, `module-path` and `pin-source`. Everything else is refused rather than overlooked,
    /// and no value is repeated in messages.
    public init(_ text: some StringProtocol) throws(HardwareKeyError) {
        guard text.prefix(Self.scheme.count).lowercased() == Self.scheme else {
            throw .source("a PKCS #11 URI begins with \(Self.scheme)")
        }
        let parts = Substring(text).dropFirst(Self.scheme.count)
            .split(separator: "?", maxSplits: 1, omittingEmptySubsequences: false)
        // Section 2.3: pk11-path-res-avail and pk11-query-res-avail.
        var path = try Self.attributes(parts[0], separator: ";", also: ":[]@!$'()*+,=&")
        var query = try Self.attributes(
            parts.count > 1 ? parts[1] : "", separator: "&", also: ":[]@!$'()*+,=/?|")

        if query["pin-value"] != nil {
            throw .source("pin-value would show the PIN to all who list processes: use pin-source")
        }
        if let type = try Self.take("type", from: &path), type != "secret-key" {
            throw .source("type can only be secret-key")
        }
        guard let token = try Self.take("token", from: &path), !token.isEmpty else {
            throw .source("token=, the label of a token, is missing")
        }
        guard let modulePath = try Self.take("module-path", from: &query),
            modulePath.hasPrefix("/")
        else { throw .source("module-path=, the absolute path of a module, is missing") }
        guard let pin = try Self.take("pin-source", from: &query).flatMap({ SecretPlace($0) })
        else {
            throw .source("pin-source=file:/PATH or pin-source=env:NAME is missing")
        }
        let id = path.removeValue(forKey: "id")
        let object = try Self.take("object", from: &path)
        guard id != nil || object != nil, id?.isEmpty != true, object?.isEmpty != true else {
            throw .source("object=, the label of a key, or id= is missing")
        }
        self.init(modulePath: modulePath, token: token, object: object, id: id, pin: pin)
        serial = try Self.take("serial", from: &path)
        manufacturer = try Self.take("manufacturer", from: &path)
        model = try Self.take("model", from: &path)
        if let unknown = (path.keys.sorted() + query.keys.sorted()).first {
            throw .source("the attribute \(unknown) is not one of those that are understood")
        }
    }

    private static func attributes(
        _ text: Substring, separator: Character, also: StaticString
    ) throws(HardwareKeyError) -> [String: [UInt8]] {
        var attributes: [String: [UInt8]] = [:]
        if text.isEmpty { return attributes }
        for part in text.split(separator: separator, omittingEmptySubsequences: false) {
            let pair = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            guard pair.count == 2, isName(pair[0]) else {
                throw .source("between two \(separator) there must be an attribute: name=value")
            }
            let name = String(pair[0])
            guard let value = PercentEncoding.decode(pair[1], also: also) else {
                throw .source("a character in the value of \(name) must be percent-encoded")
            }
            guard attributes.updateValue(value, forKey: name) == nil else {
                throw .source("\(name) is there twice")
            }
        }
        return attributes
    }

    /// Letters, digits, `-` and `_`.
    private static func isName(_ text: Substring) -> Bool {
        !text.isEmpty
            && text.utf8.allSatisfy {
                switch $0 {
                case 0x30...0x39, 0x41...0x5a, 0x61...0x7a, 0x2d, 0x5f: true
                default: false
                }
            }
    }

    /// Values are UTF-8 but for `id` (section 2.3).
    private static func take(
        _ name: String, from attributes: inout [String: [UInt8]]
    ) throws(HardwareKeyError) -> String? {
        guard let bytes = attributes.removeValue(forKey: name) else { return nil }
        guard let text = String(validating: bytes, as: UTF8.self), !text.utf8.contains(0) else {
            throw .source("the value of \(name) is not UTF-8 text")
        }
        return text
    }
}

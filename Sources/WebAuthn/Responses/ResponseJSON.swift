internal import Cryptography

/// What the JSON of both kinds of response has (WebAuthn Level 3, section 5.1): `id`, `rawId`,
/// `type` and `response`.
struct ResponseJSON {
    let id: CredentialID
    private let response: JSONValue

    init(_ json: [UInt8]) throws(WebAuthnError) {
        try Self.checkLength(json, "the response")
        let value = try JSONReader.read(json)
        guard let id = value["id"]?.text, let raw = value["rawId"]?.text,
            let type = value["type"]?.text, let response = value["response"],
            case .object = response
        else {
            throw WebAuthnError(
                .malformedResponse,
                "a response has the strings id, rawId and type and an object response")
        }
        guard type == "public-key" else {
            throw WebAuthnError(
                .wrongCredentialType,
                "the type of credential is \(WebAuthnError.quoted(type)), not public-key")
        }
        self.id = try CredentialID(try Base64URL.bytes(of: id))
        guard try Base64URL.bytes(of: raw) == self.id.bytes else {
            throw WebAuthnError(.mismatchedID, "id and rawId are not the same")
        }
        self.response = response
    }

    /// A member of `response`, which must be there.
    func bytes(_ name: String) throws(WebAuthnError) -> [UInt8] {
        guard let bytes = try optionalBytes(name) else { throw failure(name, "base64url") }
        return bytes
    }

    /// A member of `response`; nil if it is left out or null.
    func optionalBytes(_ name: String) throws(WebAuthnError) -> [UInt8]? {
        guard let value = response[name] else { return nil }
        guard let text = value.text else { throw failure(name, "base64url") }
        return try Base64URL.bytes(of: text)
    }

    /// A member of `response`; empty if it is left out or null.
    func strings(_ name: String) throws(WebAuthnError) -> [String] {
        guard let value = response[name] else { return [] }
        guard case .array(let elements) = value else { throw failure(name, "an array") }
        var strings: [String] = []
        for element in elements {
            guard let text = element.text else { throw failure(name, "an array of strings") }
            strings.append(text)
        }
        return strings
    }

    private func failure(_ name: String, _ expected: String) -> WebAuthnError {
        WebAuthnError(.malformedResponse, "the member response.\(name) should be \(expected)")
    }

    // MARK: - Limits

    /// No part of a response is longer: the largest attestations carry a few certificates.
    static let maximumBytes = 65_536

    static func checkLength(_ bytes: [UInt8], _ name: String) throws(WebAuthnError) {
        guard bytes.count <= maximumBytes else {
            throw WebAuthnError(
                .tooLong, "\(name) has \(bytes.count) bytes, more than \(maximumBytes)")
        }
    }
}

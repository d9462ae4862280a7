internal import Cryptography

/// What the client, such as a browser, says about a ceremony (WebAuthn Level 2, section 5.8.1). The
/// authenticator signs it by its hash.
public struct ClientData: Sendable, Equatable {
    /// Which ceremony: `webauthn.create`, `webauthn.get` or one of another standard.
    public let type: String
    /// The challenge that the ceremony was started with.
    public let challenge: [UInt8]
    /// The origin of the page that asked for it.
    public let origin: String
    /// Whether that page was in a frame inside another site's page.
    public let isCrossOrigin: Bool
    /// The origin of the outermost page, which Level 3's clients tell of frames; nil if there is
    /// none.
    public let topOrigin: String?
    /// Whether the client used Token Binding (RFC 8471) on the connection.
    public let usesTokenBinding: Bool

    /// Client data from their JSON. Members that are not known are passed over, as the standard
    /// demands.
    ///
    /// - Throws: `malformed_json`; `malformed_client_data` if a member is missing or of the wrong
    ///   type; `malformed_base64url` for the challenge.
    public init(json: [UInt8]) throws(WebAuthnError) {
        let value = try JSONReader.read(json)
        type = try Self.text("type", in: value)
        challenge = try Base64URL.bytes(of: try Self.text("challenge", in: value))
        origin = try Self.text("origin", in: value)
        topOrigin = value["topOrigin"] == nil ? nil : try Self.text("topOrigin", in: value)
        guard let flag = (value["crossOrigin"] ?? .bool(false)).flag else {
            throw Self.failure("crossOrigin", "true or false")
        }
        isCrossOrigin = flag
        if let binding = value["tokenBinding"] {
            guard let status = binding["status"]?.text else {
                throw Self.failure("tokenBinding", "an object with a status")
            }
            usesTokenBinding = status == "present"
        } else {
            usesTokenBinding = false
        }
    }

    private static func text(
        _ name: String, in value: JSONValue
    ) throws(WebAuthnError) -> String {
        guard let text = value[name]?.text else { throw failure(name, "a string") }
        return text
    }

    private static func failure(_ name: String, _ expected: String) -> WebAuthnError {
        WebAuthnError(.malformedClientData, "the client data's \(name) should be \(expected)")
    }
}

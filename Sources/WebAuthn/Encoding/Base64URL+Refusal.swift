internal import Cryptography

extension Base64URL {
    /// The bytes that `text` stands for.
    ///
    /// - Throws: `malformed_base64url` for whatever is not the one text of some bytes.
    static func bytes(of text: String) throws(WebAuthnError) -> [UInt8] {
        guard let bytes = decode(text) else {
            throw WebAuthnError(
                .malformedBase64URL,
                "the text is not base64 in the URL-safe alphabet, without padding")
        }
        return bytes
    }
}

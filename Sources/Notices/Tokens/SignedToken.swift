internal import Cryptography
internal import Foundation

/// A JSON Web Token in its compact form (RFC 7519; RFC 7515, section 7.1).
enum SignedToken {
    /// - Parameter sign: gives the signature of what it is handed: with ES256 the two halves of 32 bytes each (RFC 7518,
    ///   section 3.4), with RS256 PKCS #1 v1.5 (section 3.3).
    static func make(
        header: [String: String], claims: some Encodable, sign: ([UInt8]) -> [UInt8]?
    ) -> String? {
        guard let head = JSONText.encode(header), let body = JSONText.encode(claims) else {
            return nil
        }
        let text = "\(Base64URL.encode(head)).\(Base64URL.encode(body))"
        return sign(Array(text.utf8)).map { "\(text).\(Base64URL.encode($0))" }
    }
}

/// JSON as it is sent: the same for the same value.
enum JSONText {
    static func encode(_ value: some Encodable) -> [UInt8]? {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        return (try? encoder.encode(value)).map { [UInt8]($0) }
    }

    /// Names with underscores are those of properties without.
    static func decode<Value: Decodable>(_ type: Value.Type, _ bytes: [UInt8]) -> Value? {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return try? decoder.decode(type, from: Data(bytes))
    }
}

internal import Cryptography
internal import Foundation

/// The exports' texts: one JSON object (RFC 8259) a line, with a `format` by which it is known, members sorted by name,
/// digests and signatures in hexadecimal digits.
enum AuditJSON {
    /// Longer texts are no exports: a proof over 2⁶² entries has far fewer bytes.
    private static let maximumBytes = 1 << 20

    static func write(_ value: some Encodable) -> String {
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.sortedKeys, .withoutEscapingSlashes]
        guard let data = try? encoder.encode(value) else {
            preconditionFailure("numbers and texts can always be written")
        }
        return String(decoding: data, as: UTF8.self)
    }

    static func read<Value: AuditJSONObject>(
        _ text: String, as type: Value.Type
    ) throws(AuditError) -> Value {
        guard text.utf8.count <= maximumBytes else {
            throw .malformed("more than \(maximumBytes) bytes are no \(Value.formatName)")
        }
        let value: Value
        do { value = try JSONDecoder().decode(type, from: Data(text.utf8)) } catch {
            throw .malformed("this is no \(Value.formatName): \(error)")
        }
        guard value.format == Value.formatName else {
            throw .malformed("a \(value.format) is no \(Value.formatName)")
        }
        return value
    }

    static func digest(_ text: String, _ field: String) throws(AuditError) -> SHA256Digest {
        guard let bytes = Hexadecimal.decode(text), let digest = SHA256Digest(bytes: bytes) else {
            throw .malformed("\(field) is not 64 hexadecimal digits")
        }
        return digest
    }

    static func path(_ texts: [String]) throws(AuditError) -> [SHA256Digest] {
        var path: [SHA256Digest] = []
        for text in texts { path.append(try digest(text, "a hash of the path")) }
        return path
    }
}

/// An export as it stands in JSON.
protocol AuditJSONObject: Codable {
    /// What the member `format` says.
    static var formatName: String { get }
    var format: String { get }
}

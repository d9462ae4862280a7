/// What a JSON text (RFC 8259) says, as far as WebAuthn asks: no member that is read is a number,
/// so that numbers keep no value.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number
    case string(String)
    case array([JSONValue])
    case object([String: JSONValue])

    /// An object's member; nil if it is left out or null, or if this is not an object.
    subscript(name: String) -> JSONValue? {
        guard case .object(let members) = self, let value = members[name], value != .null else {
            return nil
        }
        return value
    }

    /// The string; nil for other kinds.
    var text: String? {
        guard case .string(let text) = self else { return nil }
        return text
    }

    /// True or false; nil for other kinds.
    var flag: Bool? {
        guard case .bool(let flag) = self else { return nil }
        return flag
    }
}

/// A JSON text as read (RFC 8259). Numbers keep their text, so that nothing is rounded before it is asked for.
enum JSONValue: Sendable, Equatable {
    case null
    case bool(Bool)
    case number(String)
    case string(String)
    case array([JSONValue])
    case object([JSONMember])

    /// The word for its type, for people.
    var typeName: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .number: "a number"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

/// A name and its value, in the order in which the object had them.
struct JSONMember: Sendable, Equatable {
    var name: String
    var value: JSONValue
}

/// Why bytes are not a JSON text.
struct JSONSyntaxError: Error, Sendable, Equatable {
    /// How many bytes were in order.
    var offset: Int
    /// What belongs there.
    var expected: String
}

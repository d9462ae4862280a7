/// A value of a JSON text (RFC 8259), with where it begins. Numbers keep their text: nothing is
/// rounded in reading it.
struct JSONNode: Sendable, Equatable {
    enum Value: Sendable, Equatable {
        case null
        case bool(Bool)
        case number(String)
        case string(String)
        case array([JSONNode])
        /// Names in the order of the text, each possibly more than once.
        case object([Member])
    }

    struct Member: Sendable, Equatable {
        var name: String
        var place: FeeError.Place
        var node: JSONNode
    }

    var value: Value
    var place: FeeError.Place

    /// As it is called in errors.
    var typeName: String {
        switch value {
        case .null: "null"
        case .bool: "a boolean"
        case .number(let text): "the number \(text)"
        case .string: "a string"
        case .array: "an array"
        case .object: "an object"
        }
    }
}

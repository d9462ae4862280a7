/// An object whose members are known by name: others are refused, and so are names given twice. Every refusal
/// names the field by its path, such as `place.latitude`.
struct JSONObject<Name: RawRepresentable<String> & CaseIterable> {
    private let members: [JSONMember]
    private let path: String

    /// `path` is where in the body the object stands; empty for the body itself.
    init(_ value: JSONValue, at path: String = "", _: Name.Type = Name.self) throws(Problem) {
        guard case .object(let members) = value else {
            throw .wrongType(path, found: value, expected: "an object")
        }
        self.members = members
        self.path = path
        for (index, member) in members.enumerated() {
            let field = Self.join(path, member.name)
            guard Name(rawValue: member.name) != nil else {
                throw .unknownField(field, known: Name.allCases.map(\.rawValue))
            }
            guard !members[..<index].contains(where: { $0.name == member.name }) else {
                throw .bad("duplicate_field", "the field \(field) is given twice", field: field)
            }
        }
    }

    /// The field's path in the body.
    func path(of name: Name) -> String { Self.join(path, name.rawValue) }

    /// The field's value; nil if it is left out or null.
    func value(_ name: Name) -> JSONValue? {
        guard let value = members.first(where: { $0.name == name.rawValue })?.value,
            value != .null
        else { return nil }
        return value
    }

    /// Whether the field is there, be it null.
    func isGiven(_ name: Name) -> Bool { members.contains { $0.name == name.rawValue } }

    /// The field's value, which must be there.
    func required(_ name: Name) throws(Problem) -> JSONValue {
        guard let value = value(name) else {
            throw .bad(
                "missing_field", "the field \(path(of: name)) is missing", field: path(of: name))
        }
        return value
    }

    // MARK: - Types

    /// A string of at most so many bytes of UTF-8; nil if it is left out.
    func optionalString(_ name: Name, maximumBytes: Int) throws(Problem) -> String? {
        guard let value = value(name) else { return nil }
        return try string(value, name, maximumBytes)
    }

    /// A string of 1 to so many bytes of UTF-8.
    func string(_ name: Name, maximumBytes: Int = 256) throws(Problem) -> String {
        try string(required(name), name, maximumBytes)
    }

    private func string(
        _ value: JSONValue, _ name: Name, _ maximumBytes: Int
    ) throws(Problem) -> String {
        guard case .string(let text) = value else {
            throw .wrongType(path(of: name), found: value, expected: "a string")
        }
        guard !text.isEmpty else {
            throw .bad("empty_string", "\(path(of: name)) must not be empty", field: path(of: name))
        }
        guard text.utf8.count <= maximumBytes else {
            throw .bad(
                "too_long", "\(path(of: name)) has more than \(maximumBytes) bytes",
                field: path(of: name))
        }
        // PostgreSQL's text cannot hold it.
        guard !text.utf8.contains(0) else {
            throw .bad(
                "invalid_string", "\(path(of: name)) must not contain U+0000",
                field: path(of: name))
        }
        return text
    }

    /// True or false; nil if it is left out.
    func optionalBool(_ name: Name) throws(Problem) -> Bool? {
        guard let value = value(name) else { return nil }
        guard case .bool(let flag) = value else {
            throw .wrongType(path(of: name), found: value, expected: "true or false")
        }
        return flag
    }

    /// True or false.
    func bool(_ name: Name) throws(Problem) -> Bool {
        _ = try required(name)
        return try optionalBool(name) ?? false
    }

    /// A whole number of at least 0, written without fraction or exponent; nil if it is left out.
    func optionalCount(_ name: Name) throws(Problem) -> Int64? {
        guard let value = value(name) else { return nil }
        guard case .number(let text) = value, let count = Int64(text), count >= 0 else {
            throw .wrongType(
                path(of: name), found: value,
                expected: "a whole number from 0 to \(Int64.max)")
        }
        return count
    }

    /// A number; always finite.
    func number(_ name: Name) throws(Problem) -> Double {
        let value = try required(name)
        guard case .number(let text) = value, let number = Double(text), number.isFinite else {
            throw .wrongType(path(of: name), found: value, expected: "a number")
        }
        return number
    }

    private static func join(_ path: String, _ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }
}

/// The names of an object that has no fields.
enum NoField: RawRepresentable, CaseIterable {
    init?(rawValue: String) { return nil }
    var rawValue: String { switch self {} }
}

internal import EventLog
internal import Hummingbird

/// The parameters after a path's question mark. Unknown ones are refused, like unknown fields.
struct Query {
    private let values: [(name: String, value: String)]

    init(_ request: Request, _ known: String...) throws(Problem) {
        var values: [(name: String, value: String)] = []
        for (name, value) in request.uri.queryParameters {
            guard known.contains(String(name)) else {
                throw .bad(
                    "unknown_parameter",
                    known.isEmpty
                        ? "there are no parameters here"
                        : "there is no parameter \(name): known here are \(known.joined(separator: ", "))",
                    field: String(name))
            }
            guard !values.contains(where: { $0.name == name }) else {
                throw Self.invalid(String(name), "is given twice")
            }
            values.append((String(name), String(value)))
        }
        self.values = values
    }

    subscript(_ name: String) -> String? { values.first { $0.name == name }?.value }

    /// Position in the event log.
    func sequence(_ name: String) throws(Problem) -> EventLog.Sequence? {
        guard let text = self[name] else { return nil }
        guard let number = Int64(text), number >= 0 else {
            throw Self.invalid(name, "must be a whole number of at least 0")
        }
        return EventLog.Sequence(number)
    }

    /// `true` or `false`, which it is unless told.
    func flag(_ name: String) throws(Problem) -> Bool {
        switch self[name] {
        case "true"?: return true
        case "false"?, nil: return false
        default: throw Self.invalid(name, "must be true or false")
        }
    }

    /// One of some words; the first unless told.
    func word(_ name: String, _ words: String...) throws(Problem) -> String {
        guard let text = self[name] else { return words[0] }
        guard words.contains(text) else {
            throw Self.invalid(name, "must be one of \(words.joined(separator: ", "))")
        }
        return text
    }

    /// How many items a page has: 50 unless told, at most 200.
    func limit() throws(Problem) -> Int {
        guard let text = self["limit"] else { return 50 }
        guard let limit = Int(text), (1...200).contains(limit) else {
            throw Self.invalid("limit", "must be a whole number from 1 to 200")
        }
        return limit
    }

    static func invalid(_ name: String, _ cause: String) -> Problem {
        .bad("invalid_parameter", "the parameter \(name) \(cause)", field: name)
    }
}

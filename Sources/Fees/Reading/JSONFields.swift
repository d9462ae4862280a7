internal import EventLog

/// The fields of an object that are known by name. Others are refused, and so are names that stand
/// twice; every refusal has the field's path, such as `rules[2].minimum`, and its place in the
/// text.
struct JSONFields<Name: RawRepresentable<String> & CaseIterable> {
    private let members: [JSONNode.Member]
    private let path: String
    /// Where the object begins.
    let place: FeeError.Place

    /// `path` is that of the object; empty for the document.
    init(_ node: JSONNode, at path: String, _: Name.Type = Name.self) throws(FeeError) {
        self.path = path
        place = node.place
        guard case .object(let members) = node.value else {
            throw FeeError(
                .wrongType, "\(node.typeName) stands where an object should", path: path,
                place: node.place)
        }
        self.members = members
        var seen: Set<String> = []
        for member in members {
            let field = Self.join(path, member.name)
            guard Name(rawValue: member.name) != nil else {
                let known = Name.allCases.map(\.rawValue).joined(separator: ", ")
                throw FeeError(
                    .unknownField, "there is no field \(member.name): the fields here are \(known)",
                    path: field, place: member.place)
            }
            guard seen.insert(member.name).inserted else {
                throw FeeError(
                    .duplicateField, "the field is given twice", path: field, place: member.place)
            }
        }
    }

    private static func join(_ path: String, _ name: String) -> String {
        path.isEmpty ? name : "\(path).\(name)"
    }

    /// The path of a field.
    func path(of name: Name) -> String { Self.join(path, name.rawValue) }

    /// The field's value; nil if it is not given.
    func node(_ name: Name) -> JSONNode? {
        members.first { $0.name == name.rawValue }?.node
    }

    /// An error about a field.
    func failure(_ code: FeeError.Code, _ name: Name, _ detail: String) -> FeeError {
        FeeError(code, detail, path: path(of: name), place: node(name)?.place ?? place)
    }

    /// An error about the object or one of its fields, which has no place yet.
    func placed(_ error: FeeError) -> FeeError {
        let value = Name(rawValue: error.path).flatMap { node($0) }
        return path.isEmpty ? error : error.inside(path, place: value?.place ?? place)
    }

    private func missing(_ name: Name, _ what: String) -> FeeError {
        failure(.missingField, name, "the field is missing: it is \(what)")
    }

    private func wrongType(_ name: Name, _ node: JSONNode, _ what: String) -> FeeError {
        failure(.wrongType, name, "\(node.typeName) stands where \(what) should")
    }

    // MARK: - Types

    /// A string; nil if it is not given.
    func optionalString(_ name: Name, _ what: String) throws(FeeError) -> String? {
        guard let node = node(name) else { return nil }
        guard case .string(let text) = node.value else { throw wrongType(name, node, what) }
        return text
    }

    /// A string that must be there.
    func string(_ name: Name, _ what: String) throws(FeeError) -> String {
        guard let text = try optionalString(name, what) else { throw missing(name, what) }
        return text
    }

    /// A whole number, written without fraction and exponent; nil if it is not given.
    func optionalInteger(_ name: Name, _ what: String) throws(FeeError) -> Int64? {
        guard let node = node(name) else { return nil }
        guard case .number(let text) = node.value,
            text.utf8.allSatisfy({ $0 == 0x2d || ($0 >= 0x30 && $0 <= 0x39) })
        else { throw wrongType(name, node, what) }
        guard let number = Int64(text) else {
            throw failure(.outOfRange, name, "\(text) is beyond 64 bits: this is \(what)")
        }
        return number
    }

    /// A whole number that must be there.
    func integer(_ name: Name, _ what: String) throws(FeeError) -> Int64 {
        guard let number = try optionalInteger(name, what) else { throw missing(name, what) }
        return number
    }

    /// The elements of an array that must be there, each with its path.
    func array(_ name: Name, _ what: String) throws(FeeError) -> [(path: String, node: JSONNode)] {
        guard let node = node(name) else { throw missing(name, what) }
        guard case .array(let elements) = node.value else { throw wrongType(name, node, what) }
        return elements.enumerated().map { ("\(path(of: name))[\($0.offset)]", $0.element) }
    }

    /// A word; nil if it is not given.
    func optionalWord<Word: RawRepresentable<String>>(
        _ name: Name, _: Word.Type
    ) throws(FeeError) -> Word? {
        guard let text = try optionalString(name, "a word") else { return nil }
        guard let word = Word(rawValue: text) else {
            throw failure(.malformedWord, name, "“\(text)” is no word: a word is \(FeeWord.rule)")
        }
        return word
    }

    /// An amount that is not negative, in minor units; nil if it is not given.
    func optionalAmountMinor(_ name: Name, _ currency: Currency?) throws(FeeError) -> Int64? {
        let what = "an amount as a string, such as \"0.30\","
        guard let text = try optionalString(name, what) else { return nil }
        guard let currency else {
            throw failure(
                .amountWithoutCurrency, name,
                "the rule has an amount but no currency: name the currency, or use "
                    + "parts_per_million alone")
        }
        guard !text.hasPrefix("-") else {
            throw failure(.outOfRange, name, "\(text) has a sign: amounts here are not negative")
        }
        do throws(Money.ParseError) {
            return try Money(text, currency: currency).minor
        } catch {
            throw failure(.malformedAmount, name, Self.reason(error, text, currency))
        }
    }

    private static func reason(
        _ error: Money.ParseError, _ text: String, _ currency: Currency
    ) -> String {
        let sample = Money(minor: 30, currency: currency).decimal
        return switch error {
        case .malformed: "“\(text)” is no amount of \(currency): one is written as in \"\(sample)\""
        case .tooManyDecimals(let scale):
            "“\(text)” is finer than \(currency), which has \(scale) decimals"
        case .overflow: "“\(text)” \(currency) has more minor units than \(Int64.max)"
        }
    }
}

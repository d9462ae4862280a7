internal import Hummingbird
internal import Identity
internal import People

extension APIContext {
    /// The person who calls; routes for people alone have one.
    func person() throws(Problem) -> PersonID {
        guard let person = caller.person else { throw .notAPerson }
        return person
    }

    /// The person's session.
    func session() throws(Problem) -> SessionID {
        guard let session = caller.session else { throw .notAPerson }
        return session
    }

    /// Throws unless the person has just shown who they are.
    func requireFresh(_ people: People) async throws {
        try await people.requireFresh(try session(), of: try person())
    }

    /// The identifier that the path names.
    func identifier<Kind>(_ name: String = "id") throws(Problem) -> Identifier<Kind> {
        guard let text = parameters.get(name), let id = Identifier<Kind>(text) else {
            throw .invalidUUID(name)
        }
        return id
    }
}

extension JSONObject {
    /// An e-mail address.
    func optionalEmail(_ name: Name) throws(Problem) -> ContactPoint? {
        guard let text = try optionalString(name, maximumBytes: 320) else { return nil }
        guard let point = ContactPoint(email: text) else {
            throw .bad(
                "invalid_email", "\(path(of: name)) must be an address such as ann@example.org",
                field: path(of: name))
        }
        return point
    }

    /// A telephone number.
    func optionalPhone(_ name: Name) throws(Problem) -> ContactPoint? {
        guard let text = try optionalString(name, maximumBytes: 64) else { return nil }
        guard let point = ContactPoint(phone: text) else {
            throw .bad(
                "invalid_phone", "\(path(of: name)) must be a number such as +49 30 901820",
                field: path(of: name))
        }
        return point
    }

    /// Either of the two, of fields that exclude each other; one must be there.
    func contact(email: Name, phone: Name) throws(Problem) -> ContactPoint {
        switch (try optionalEmail(email), try optionalPhone(phone)) {
        case (let point?, nil), (nil, let point?): return point
        case (nil, nil):
            throw .bad(
                "missing_field",
                "one of the fields \(path(of: email)) and \(path(of: phone)) is needed",
                field: path(of: email))
        case (_?, _?):
            throw .bad(
                "conflicting_fields",
                "the fields \(path(of: email)) and \(path(of: phone)) exclude each other",
                field: path(of: phone))
        }
    }

    /// A handle.
    func optionalHandle(_ name: Name) throws(Problem) -> Handle? {
        guard let text = try optionalString(name, maximumBytes: 64) else { return nil }
        guard let handle = Handle(text) else {
            throw .bad(
                "invalid_handle",
                "\(path(of: name)) must have 3 to 30 letters, digits and single underscores, begin with a letter, "
                    + "and not be a name of the service's own",
                field: path(of: name))
        }
        return handle
    }

    /// Six digits.
    func code(_ name: Name) throws(Problem) -> String {
        let text = try string(name, maximumBytes: 64)
        guard text.utf8.count == 6, text.utf8.allSatisfy({ (0x30...0x39).contains($0) }) else {
            throw .bad(
                "invalid_code", "\(path(of: name)) must be six digits", field: path(of: name))
        }
        return text
    }

    /// A name that people see: 1 to 64 characters, none of them for control.
    func optionalDisplayName(_ name: Name) throws(Problem) -> String? {
        guard let text = try optionalString(name, maximumBytes: 256) else { return nil }
        guard text.count <= 64,
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw .bad(
                "invalid_name",
                "\(path(of: name)) must have 1 to 64 characters, and none for control",
                field: path(of: name))
        }
        return text
    }

    /// The same, which must be there.
    func displayName(_ name: Name) throws(Problem) -> String {
        _ = try required(name)
        return try optionalDisplayName(name) ?? ""
    }

    /// Which question to a passkey is answered.
    func passkeyQuestion(_ name: Name) throws(Problem) -> PasskeyChallengeID {
        guard let id = PasskeyChallengeID(try string(name, maximumBytes: 64)) else {
            throw .invalidUUID(path(of: name))
        }
        return id
    }

    /// A passkey's answer, as browsers write it: its own words, which are looked at by those who know them.
    func credential(_ name: Name) throws(Problem) -> [UInt8] {
        var writer = JSONWriter()
        writer.value(try required(name))
        return writer.bytes
    }

    /// A password, as it was typed.
    func password(_ name: Name) throws(Problem) -> String { try string(name, maximumBytes: 1_024) }
}

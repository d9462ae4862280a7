internal import EventLog
internal import Hummingbird
internal import Ledger
internal import Wallet

/// `/v1/lists`: who and what is let through, stopped or watched, whatever models and rules say.
struct ListController {
    let wallet: Wallet

    var routes: APIRoutes {
        APIRoutes()
            .get(.scope(.policiesRead), ":list", use: list)
            .post(.scope(.policiesWrite), ":list", use: add)
            .post(.scope(.policiesWrite), ":list/remove", use: remove)
    }

    private enum AddField: String, CaseIterable { case subject, identifier, until, note }
    private enum RemoveField: String, CaseIterable { case subject, identifier, note }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let name = try Self.name(context)
        let query = try Query(request, "before", "limit")
        let limit = try query.limit()
        let entries = try await wallet.entries(
            of: name, before: try query.sequence("before"), limit: limit)
        return .object { writer in
            writer.name("entries")
            writer.array(entries) { writer, item in writer.entry(item.view, item.account) }
            writer.member(
                "next", entries.count < limit ? nil : entries.last?.view.sequence.rawValue)
        }
    }

    @Sendable private func add(_ request: Request, _ context: APIContext) async throws -> Response {
        let submission = try await Submission(request, context)
        let body = try JSONObject<AddField>(submission.body)
        let text = try body.optionalString(.until, maximumBytes: 64)
        let until = try text.map { text throws(Problem) in
            guard let until = Timestamp(request: text) else {
                throw .bad(
                    "invalid_time", "until is a moment by RFC 3339, such as 2027-01-31T00:00:00Z",
                    field: "until")
            }
            return until
        }
        return try await change(
            try body.string(.subject), try body.string(.identifier), until: until ?? .none,
            isRemoved: false, note: try body.optionalString(.note, maximumBytes: 2_000) ?? "",
            submission, context)
    }

    @Sendable private func remove(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let submission = try await Submission(request, context)
        let body = try JSONObject<RemoveField>(submission.body)
        return try await change(
            try body.string(.subject), try body.string(.identifier), until: .none,
            isRemoved: true, note: try body.optionalString(.note, maximumBytes: 2_000) ?? "",
            submission, context)
    }

    private func change(
        _ word: String, _ identifier: String, until: Timestamp, isRemoved: Bool, note: String,
        _ submission: Submission, _ context: APIContext
    ) async throws -> Response {
        let name = try Self.name(context)
        guard let subject = ListSubject.allCases.first(where: { $0.word == word }) else {
            throw Problem.bad(
                "unknown_subject",
                "a subject is payer, payee, device, instrument or address", field: "subject")
        }
        var listed = Wallet.Listed.identifier(identifier)
        if subject.isAccount {
            guard let id = TransferID(identifier) else { throw Problem.invalidUUID("identifier") }
            listed = .account(PublicAccountID(uuid: id))
        }
        let sequence = try await wallet.change(
            name, subject, listed, until: until, isRemoved: isRemoved, note: note,
            actor: context.actor, key: submission.key)
        return .object(status: .created) { writer in
            writer.change(sequence, by: context.actor, note: note) { writer in
                writer.member("list", name.word)
                writer.member("subject", subject.word)
                writer.member("until", until == .none ? nil : until.rfc3339())
                writer.member("removed", isRemoved)
            }
        }
    }

    private static func name(_ context: APIContext) throws(Problem) -> ListName {
        let word = context.parameters.get("list") ?? ""
        guard let name = ListName.allCases.first(where: { $0.word == word }) else {
            throw .bad("unknown_list", "a list is allow, deny or watch", field: "list")
        }
        return name
    }
}

extension ListName {
    var word: String {
        switch self {
        case .allow: "allow"
        case .deny: "deny"
        case .watch: "watch"
        }
    }
}

extension ListSubject {
    var word: String {
        switch self {
        case .payer: "payer"
        case .payee: "payee"
        case .device: "device"
        case .instrument: "instrument"
        case .address: "address"
        }
    }
}

extension JSONWriter {
    fileprivate mutating func entry(_ view: ListEntryView, _ account: PublicAccountID?) {
        object { writer in
            writer.change(
                view.sequence, recordedAt: view.recordedAt, by: view.actor, note: view.note
            ) { writer in
                writer.member("subject", view.entry.subject.word)
                writer.member("account", account?.uuid.description)
                let until = view.entry.until
                writer.member("until", until == .none ? nil : until.rfc3339())
            }
        }
    }
}

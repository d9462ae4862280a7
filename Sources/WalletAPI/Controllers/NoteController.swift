internal import Cryptography
internal import Hummingbird
internal import Identity
internal import NIOCore
internal import People
internal import PersonalWallets
internal import SealedNotes

/// `/v1/me/keys`, `/v1/people/{id}/keys`, and the notes of payments and requests, which only devices can read.
struct NoteController {
    let wallets: PersonalWallets
    let people: People

    /// The most bytes of a note as it is sent: one with an attachment as large as may be, for as many devices as may be.
    static let noteBytes = SealedNote.maximumBytes

    var own: APIRoutes {
        APIRoutes()
            .get(.person(.walletRead), "keys", use: ownKeys)
            .put(.person(.walletPay), "keys", use: setKeys)
            .get(.person(.walletRead), "payments/:id/notes", use: paymentNotes)
            .post(
                .person(.walletPay), "payments/:id/notes", bodyLimit: Self.noteBytes,
                use: addPaymentNote
            )
            .get(.person(.walletRead), "requests/:id/notes", use: requestNotes)
            .post(
                .person(.walletPay), "requests/:id/notes", bodyLimit: Self.noteBytes,
                use: addRequestNote)
    }

    var others: APIRoutes {
        APIRoutes().get(.person(.walletRead), ":id/keys", use: keys)
    }

    private enum KeysField: String, CaseIterable { case keys }
    private enum KeyField: String, CaseIterable { case suite, key }

    // MARK: - Keys

    @Sendable private func ownKeys(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let query = try Query(request, "version")
        let list = try await wallets.keys(
            of: try context.person(), version: try query.sequence("version")?.rawValue)
        return .object { $0.keyList(list) }
    }

    @Sendable private func keys(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = try Query(request, "version")
        let list = try await wallets.keys(
            of: try context.identifier(), version: try query.sequence("version")?.rawValue)
        return .object { $0.keyList(list) }
    }

    @Sendable private func setKeys(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<KeysField>(try await Submission(request, context).body)
        guard let device = context.caller.device else { throw Problem.notAPerson }
        guard case .array(let items) = try body.required(.keys), items.count <= 2 else {
            throw Problem.wrongType(
                "keys", found: try body.required(.keys), expected: "a list of at most two keys")
        }
        var keys: [DevicePublicKey] = []
        for (index, item) in items.enumerated() {
            let key = try JSONObject<KeyField>(item, at: "keys[\(index)]")
            guard let suite = SealingSuite(name: try key.string(.suite)),
                let raw = Base64URL.decode(try key.string(.key)),
                let known = try? DevicePublicKey(suite: suite, raw: raw)
            else {
                throw Problem.bad(
                    "invalid_key",
                    "keys[\(index)] must have a suite that is known and a public key of it in base64url",
                    field: "keys[\(index)]")
            }
            keys.append(known)
        }
        // A key opens what others write from now on: whoever brings one shows who they are, as for a new device.
        if !keys.isEmpty, !(try await wallets.has(keys, of: device, of: try context.person())) {
            try await context.requireFresh(people)
        }
        let list = try await wallets.setKeys(keys, of: device, of: try context.person())
        return .object { $0.keyList(list) }
    }

    // MARK: - Notes

    @Sendable private func paymentNotes(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await notes(request, context, about: .payment(try context.transferID()))
    }

    @Sendable private func requestNotes(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await notes(request, context, about: .request(try context.identifier()))
    }

    private func notes(
        _ request: Request, _ context: APIContext, about topic: NoteTopic
    ) async throws -> Response {
        let query = try Query(request, "after", "limit")
        let limit = try query.limit()
        let (notes, hasMore) = try await wallets.notes(
            about: topic, seenBy: try context.person(),
            after: try query.sequence("after")?.rawValue,
            limit: limit)
        return .object { writer in
            writer.name("notes")
            writer.array(notes) { writer, note in
                writer.object { writer in
                    writer.member("sender", note.sender.uuid)
                    writer.member("sender_version", note.senderVersion)
                    writer.member("envelope", Base64URL.encode(note.envelope))
                    writer.member("created_at", note.createdAt)
                }
            }
            writer.member("next", hasMore ? notes.last?.createdAt.rawValue : nil)
        }
    }

    @Sendable private func addPaymentNote(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await add(request, context, about: .payment(try context.transferID()))
    }

    @Sendable private func addRequestNote(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await add(request, context, about: .request(try context.identifier()))
    }

    /// The body is the sealed note itself.
    private func add(
        _ request: Request, _ context: APIContext, about topic: NoteTopic
    ) async throws -> Response {
        let bytes = try await Submission.bytes(of: request, upTo: Self.noteBytes)
        let note: SealedNote
        do throws(SealedNoteError) { note = try SealedNote(bytes) } catch {
            throw Problem.bad("invalid_note_envelope", "\(error)", field: nil)
        }
        try await wallets.keep(note, about: topic, from: try context.person())
        return Response(status: .noContent)
    }
}

extension JSONWriter {
    /// The keys of a person's devices.
    mutating func keyList(_ list: KeyList) {
        member("person", list.party.text)
        member("version", Int64(list.version))
        name("keys")
        array(list.keys) { writer, key in
            writer.object { writer in
                writer.member("device", "\(key.device)")
                writer.member("suite", key.key.suite.name)
                writer.member("key", Base64URL.encode(key.key.raw))
                writer.member("id", "\(key.key.id)")
            }
        }
    }
}

internal import AuditTrail
public import EventLog
public import Identity
internal import Ledger
internal import Notices
internal import People
internal import PostgreSQL
public import SealedNotes

/// What a note is about, which decides who may write and read it.
public enum NoteTopic: Sendable, Hashable {
    /// A payment: its payer and its payee.
    case payment(TransferID)
    /// A request: who asks, and all who are asked.
    case request(MoneyRequestID)

    var subject: NoteSubject? {
        switch self {
        case .payment(let id): NoteSubject(.transfer, id: id.bytes)
        case .request(let id): NoteSubject(.request, id: id.uuid.bytes)
        }
    }

    var row: (kind: Int16, id: TransferID) {
        switch self {
        case .payment(let id): (1, id)
        case .request(let id): (2, id.uuid)
        }
    }
}

extension PersonalWallets {
    /// A note as it is kept: nobody but the devices that it is for can open it.
    public struct KeptNote: Sendable {
        /// Who sent it.
        public let sender: PersonID
        /// The version of the sender's list of keys that it opens against.
        public let senderVersion: Int64
        /// The note, sealed.
        public let envelope: [UInt8]
        /// When it came.
        public let createdAt: Timestamp
    }

    private static let insert = Statement(
        "note.insert",
        """
        INSERT INTO sealed_note (id, subject_kind, subject_id, sender_id, sender_version, envelope,
            created_at)
        VALUES ($1, $2::int, $3, $4, $5, $6, $7) ON CONFLICT (id) DO NOTHING RETURNING true
        """)
    private static let all = Statement(
        "note.all",
        """
        SELECT sender_id, sender_version, envelope, created_at, total FROM (
            SELECT *, count(*) OVER () AS total, sum(octet_length(envelope)) OVER (ORDER BY created_at, id) AS bytes
            FROM sealed_note
            WHERE subject_kind = $1::int AND subject_id = $2 AND created_at > $3) n
        WHERE bytes <= $5 OR bytes = octet_length(envelope)
        ORDER BY created_at, id LIMIT $4
        """)
    /// Whoever keeps a note is alone with its topic, so that counts are right and notes in the order of their moments.
    private static let lock = Statement(
        "note.lock",
        "SELECT pg_advisory_xact_lock(hashtextextended($1::uuid::text, 7234984 + $2::int))")
    private static let count = Statement(
        "note.count",
        """
        SELECT count(*), coalesce(sum(octet_length(envelope)), 0)::bigint,
            coalesce(max(created_at), 0)
        FROM sealed_note WHERE subject_kind = $1::int AND subject_id = $2
        """)
    /// Whoever shared notes with somebody for as long as this is told that their keys changed.
    private static let recentNoteSeconds: Int64 = 90 * 86_400
    /// Most notes about one thing, and most bytes of them.
    private static let most: Int64 = 200
    private static let mostBytes: Int64 = 32 * 1_024 * 1_024
    /// Bytes of a page of notes, of which there is always one.
    private static let pageBytes: Int64 = 4 * 1_024 * 1_024

    // MARK: - Keys

    /// The keys of a person's devices: the newest list, or that of a version.
    public func keys(
        of person: PersonID, version: Int64? = nil
    ) async throws(PersonalWalletError) -> KeyList {
        try await transact { connection throws(PostgreSQLError) -> People.Answer<KeyList> in
            guard try self.people.exists(person, on: &connection),
                let list = try KeyListRow.find(of: person, version: version, on: &connection)
            else { return .failure(.unknownKeys) }
            return .success(list)
        }
    }

    /// Whether these are the keys of a device of the person's.
    public func has(
        _ keys: [DevicePublicKey], of device: Identity.DeviceID, of person: PersonID
    ) async throws(PersonalWalletError) -> Bool {
        let named = SealedNotes.DeviceID(bytes: device.uuid.bytes)
        let known = try await self.keys(of: person).keys.filter { $0.device == named }.map(\.key)
        return known.count == keys.count && keys.allSatisfy { known.contains($0) }
    }

    /// Makes the keys of a device of the person's what is given; none takes the device from the list. Others see that the
    /// list is another version; the person is told, and so is with whom they shared notes in the last 90 days.
    public func setKeys(
        _ keys: [DevicePublicKey], of device: Identity.DeviceID, of person: PersonID
    ) async throws(PersonalWalletError) -> KeyList {
        let now = now
        guard let named = SealedNotes.DeviceID(bytes: device.uuid.bytes) else {
            throw .people(.unknownKeys)
        }
        return try await enact {
            connection, acts throws(PostgreSQLError) -> People.Answer<KeyList> in
            guard let list = try KeyListRow.find(of: person, on: &connection) else {
                return .failure(.unknownKeys)
            }
            let changed: KeyList
            do throws(SealedNoteError) {
                let others = list.keys.filter { $0.device != named }
                let all = others + keys.map { DeviceKey(device: named, key: $0) }
                changed = try KeyList(party: list.party, version: list.version + 1, keys: all)
            } catch {
                return .failure(
                    PeopleError(.invalid, "invalid_keys", "\(error)", field: "keys"))
            }
            if changed.keys == list.keys { return .success(list) }
            guard try KeyListRow.insert(changed, of: person, at: now, on: &connection) else {
                return .failure(.keysChanged)
            }
            try KeyListRow.forget(before: changed, of: person, on: &connection)
            acts.add(
                .keysChanged, by: person, on: "\(device)", .succeeded,
                [("version", "\(changed.version)")])
            acts.tell(person, .keyChanged, once: "keys \(changed.version)")
            let since = now.adding(seconds: -Self.recentNoteSeconds)
            let peers = try NotePeers.all(of: person, since: since, on: &connection)
            if !peers.isEmpty {
                let name = try self.people.displayName(of: person, on: &connection)
                for peer in peers {
                    acts.tell(
                        peer, .peerKeyChanged(of: name), once: "keys \(person) \(now.utcDay)")
                }
            }
            return .success(changed)
        }
    }

    // MARK: - Notes

    /// Keeps a note, once: it must be from a device of the person's, and for exactly the devices of all whom it concerns.
    public func keep(
        _ note: SealedNote, about topic: NoteTopic, from person: PersonID
    ) async throws(PersonalWalletError) {
        let others = try await parties(of: topic, seenBy: person)
        guard let subject = topic.subject else { throw .people(.unknownRequest) }
        let now = now
        try await transact { connection throws(PostgreSQLError) -> People.Answer<Void> in
            guard let own = try KeyListRow.find(of: person, on: &connection) else {
                return .failure(.unknownKeys)
            }
            var lists: [KeyList] = []
            for other in others where other != person {
                if let list = try KeyListRow.find(of: other, on: &connection) { lists.append(list) }
            }
            do throws(SealedNoteError) {
                try note.check(about: subject, from: own, to: lists)
            } catch {
                return .failure(
                    error.isAboutRecipients
                        ? PeopleError(.conflict, "keys_changed", "\(error)")
                        : PeopleError(.invalid, "invalid_note_envelope", "\(error)"))
            }
            let (kind, id) = topic.row
            _ = try connection.query(
                Self.lock,
                Parameters {
                    $0.add(id)
                    $0.add(kind)
                })
            let kept = try connection.query(
                Self.count,
                Parameters {
                    $0.add(kind)
                    $0.add(id)
                })
            guard kept.int(0, 0) < Self.most,
                kept.int(0, 1) + Int64(note.bytes.count) <= Self.mostBytes
            else { return .failure(.tooManyNotes) }
            // Clocks differ: a page after a note has all that came after it.
            let moment = max(now.rawValue, kept.int(0, 2) + 1)
            let rows = try connection.query(
                Self.insert,
                Parameters {
                    $0.add(note.id)
                    $0.add(kind)
                    $0.add(id)
                    $0.add(person)
                    $0.add(Int64(own.version))
                    $0.add(note.bytes)
                    $0.add(moment)
                })
            return rows.isEmpty ? .failure(.noteKept) : .success(())
        }
    }

    /// Notes about something, the oldest first, after the moment of one; fewer than asked for if they are large.
    ///
    /// - Parameters:
    ///   - moment: microseconds since 1970; nil for the first.
    ///   - limit: at most so many.
    /// - Returns: Also whether there are more.
    public func notes(
        about topic: NoteTopic, seenBy person: PersonID, after moment: Int64? = nil,
        limit: Int = 200
    ) async throws(PersonalWalletError) -> (notes: [KeptNote], hasMore: Bool) {
        _ = try await parties(of: topic, seenBy: person)
        return try await transact { connection throws(PostgreSQLError) in
            let (kind, id) = topic.row
            let rows = try connection.query(
                Self.all,
                Parameters {
                    $0.add(kind)
                    $0.add(id)
                    $0.add(moment ?? -1)
                    $0.add(Int64(limit))
                    $0.add(Self.pageBytes)
                })
            let notes = (0..<rows.count).map { row in
                KeptNote(
                    sender: rows.identifier(row, 0), senderVersion: rows.int(row, 1),
                    envelope: rows.bytes(row, 2), createdAt: rows.moment(row, 3))
            }
            return .success((notes, notes.count < (rows.isEmpty ? 0 : rows.int(0, 4))))
        }
    }

    /// Whom something concerns.
    ///
    /// - Throws: ``PersonalWalletError`` if the person is not among them.
    private func parties(
        of topic: NoteTopic, seenBy person: PersonID
    ) async throws(PersonalWalletError) -> Set<PersonID> {
        switch topic {
        case .payment(let id):
            let answer = try await payment(id, of: person)
            var parties: Set<PersonID> = [person]
            for account in [answer.payer, answer.payee] {
                let owner = try await ofPeople { () throws(PeopleError) in
                    try await self.people.owner(of: account.uuid)
                }
                if let owner { parties.insert(owner) }
            }
            return parties
        case .request(let id):
            let seen = try await request(id, of: person)
            let shares = try await transact { connection throws(PostgreSQLError) in
                .success(try ShareRow.all(of: id, on: &connection))
            }
            return Set([seen.requester.id] + shares.compactMap(\.payer) + [person])
        }
    }
}

extension TransferID {
    /// The 16 bytes, the high half first.
    var bytes: [UInt8] {
        [high, low].flatMap { withUnsafeBytes(of: $0.bigEndian, Array.init) }
    }
}

extension PeopleError {
    static let unknownKeys = PeopleError(
        .notFound, "unknown_keys", "there is no such person, or no such version of their keys")
    static let keysChanged = PeopleError(
        .conflict, "keys_changed", "the keys were changed at the same time: look at them again")
    static let tooManyNotes = PeopleError(
        .conflict, "too_many_notes", "there are at most 200 notes about one thing, of 32 MiB")
    static let noteKept = PeopleError(
        .conflict, "note_kept", "a note of this identifier was kept before")
}

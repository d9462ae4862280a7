internal import Cryptography
internal import EventLog
internal import Identity
internal import Ledger
internal import People
internal import PostgreSQL
internal import SealedNotes
internal import Wallet

extension PersonalWallets {
    /// What of a person may be long, as members of their export: the ledger's history of all that is theirs, the notes that
    /// they wrote and got, the keys that their devices had, the offers to exchange that they were made, and what risk knows
    /// of their payments. Amounts are as the ledger counts them, in minor units.
    var listings: [ExportListing] {
        [
            listing("ledger_history") { wallets, person, place throws(PersonalWalletError) in
                try await wallets.exportedHistory(of: person, before: place)
            },
            listing("notes") { wallets, person, place throws(PersonalWalletError) in
                try await wallets.exportedNotes(of: person, after: place)
            },
            listing("device_keys") { wallets, person, place throws(PersonalWalletError) in
                try await wallets.exportedKeys(of: person, after: place)
            },
            listing("quotes") { wallets, person, place throws(PersonalWalletError) in
                try await wallets.exportedQuotes(of: person, after: place)
            },
            // Last: one that cannot be opened ends the document, and is an error rather than left out.
            listing("risk_contexts") { wallets, person, place throws(PersonalWalletError) in
                try await wallets.exportedContexts(of: person, before: place)
            },
        ]
    }

    private func listing(
        _ name: String,
        _ page:
            @escaping @Sendable (PersonalWallets, PersonID, String?)
            async throws(PersonalWalletError) -> ExportListing.Page
    ) -> ExportListing {
        ExportListing(name) { [weak self] person, place throws(PeopleError) in
            try await self.page { wallets throws(PersonalWalletError) in
                try await page(wallets, person, place)
            }
        }
    }

    private static let pageSize = 250
    /// Bytes of a page of notes, of which there is always one.
    private static let pageBytes: Int64 = 4 * 1_024 * 1_024

    // MARK: - The ledger

    /// What happened to wallets and pockets, the newest first, and the fees of each transfer.
    private func exportedHistory(
        of person: PersonID, before place: String?
    ) async throws(PersonalWalletError) -> ExportListing.Page {
        let lines = try await history(
            of: person, before: place.flatMap { Int64($0) }.map { Sequence($0) },
            limit: Self.pageSize)
        let ids = Set(lines.map(\.entry.transfer)).subtracting([.none])
        let transfers = try await ofWallet { () throws(WalletError) in
            try await self.wallet.transfers(Array(ids))
        }
        let byID = Dictionary(transfers.map { ($0.id, $0) }) { first, _ in first }
        return ExportListing.Page(
            lines.map { Self.value(of: $0, byID[$0.entry.transfer]) },
            next: lines.count < Self.pageSize
                ? nil : lines.last.map { "\($0.entry.sequence.rawValue)" })
    }

    private static func value(of line: OwnEntry, _ transfer: Transfer?) -> ExportValue {
        let entry = line.entry
        let fees = transfer?.extraLegs.filter { $0.role == .fee } ?? []
        return .members([
            "account": .text("\(line.account.publicID)"),
            "sequence": .number(entry.sequence.rawValue),
            "at": .moment(entry.recordedAt),
            "event": .text(entry.kind.word),
            "cause": .text(entry.cause.word),
            "transfer": entry.transfer == .none ? .none : .text("\(entry.transfer)"),
            "kind": .text(entry.transferKind.word),
            "counterparty": .text(line.counterparty.map { "\($0)" }),
            "currency": .text(Currency(number: line.account.account.currency)?.code),
            "amount_minor": transfer.map { .number($0.amount) } ?? .none,
            "fees": .list(
                fees.map { fee in
                    .members([
                        "paid_by": .text(fee.from == transfer?.payee ? "payee" : "payer"),
                        "amount_minor": .number(fee.amount),
                    ])
                }),
            "posted_change_minor": .number(entry.postedChange),
            "reserved_change_minor": .number(entry.reservedChange),
            "posted_minor": .number(entry.posted),
            "reserved_minor": .number(entry.reserved),
        ])
    }

    // MARK: - Risk

    /// What was told of each payment beside who, whom and how much, the newest first. Device, instrument and address are
    /// kept as keyed tokens only.
    private func exportedContexts(
        of person: PersonID, before place: String?
    ) async throws(PersonalWalletError) -> ExportListing.Page {
        let accounts = try await accounts(of: person)
        let contexts = try await ofWallet { () throws(WalletError) in
            try await self.wallet.contexts(
                of: accounts, before: place.flatMap { Int64($0) }.map { Sequence($0) },
                limit: Self.pageSize)
        }
        return ExportListing.Page(
            contexts.map(Self.value(of:)),
            next: contexts.count < Self.pageSize
                ? nil : contexts.last.map { "\($0.sequence.rawValue)" })
    }

    private static func value(of view: ContextView) -> ExportValue {
        let context = view.context
        func token(_ token: Token) -> ExportValue {
            token == .none ? .none : .text(String(token.rawValue, radix: 16))
        }
        func place(_ microdegrees: Int32) -> ExportValue {
            context.hasPlace ? .number(Int64(microdegrees)) : .none
        }
        return .members([
            "transfer": .text("\(view.transfer)"),
            "account": .text("\(view.payer)"),
            "at": .moment(view.recordedAt),
            "latitude_microdegrees": place(context.latitude),
            "longitude_microdegrees": place(context.longitude),
            "country": context.country == .none ? .none : .text("\(context.country)"),
            "merchant_category": context.merchantCategory == 0
                ? .none : .number(Int64(context.merchantCategory)),
            "initiated_at": context.initiatedAt == .none ? .none : .moment(context.initiatedAt),
            "device_token": token(context.device),
            "instrument_token": token(context.instrument),
            "address_token": token(context.address),
        ])
    }

    // MARK: - Notes

    private static let notes = Statement(
        "data.notes",
        """
        WITH topic AS (
            SELECT 1 AS kind, e.transfer_id AS id FROM (
                SELECT account FROM wallet WHERE person_id = $1
                UNION ALL SELECT account FROM pocket WHERE person_id = $1) own
            JOIN account a ON a.public_id = own.account JOIN entry e ON e.account_id = a.id
            UNION SELECT 2, r.id FROM money_request r WHERE r.requester_id = $1
            UNION SELECT 2, s.request_id FROM request_share s WHERE s.payer_id = $1)
        SELECT id, subject_kind, subject_id, sender_id, sender_version, envelope, created_at, total
        FROM (
            SELECT n.*, count(*) OVER () AS total,
                sum(octet_length(n.envelope)) OVER (ORDER BY n.id) AS bytes
            FROM topic t JOIN sealed_note n ON n.subject_kind = t.kind AND n.subject_id = t.id
            WHERE $2::bytea IS NULL OR n.id > $2::bytea) n
        WHERE bytes <= $4 OR bytes = octet_length(envelope) ORDER BY id LIMIT $3::bigint
        """)

    /// Notes about what concerns the person, by their identifiers, and sealed as they are: whoever has one of the devices
    /// opens them.
    private func exportedNotes(
        of person: PersonID, after place: String?
    ) async throws(PersonalWalletError) -> ExportListing.Page {
        let last = place.flatMap { Hexadecimal.decode($0) }
        return try await transact {
            connection throws(PostgreSQLError) -> People.Answer<ExportListing.Page> in
            let rows = try connection.query(
                Self.notes,
                Parameters {
                    $0.add(person)
                    $0.add(last)
                    $0.add(Int64(Self.pageSize))
                    $0.add(Self.pageBytes)
                })
            var values: [ExportValue] = []
            for row in 0..<rows.count {
                let sender: PersonID = rows.identifier(row, 3)
                values.append(
                    .members([
                        "about": .text(rows.int(row, 1) == 1 ? "payment" : "request"),
                        "id": .text("\(rows.transfer(row, 2))"),
                        "by": .text(sender == person ? "yourself" : "\(sender)"),
                        "sender_key_version": .number(rows.int(row, 4)),
                        "at": .moment(rows.moment(row, 6)),
                        "envelope": .text(Base64URL.encode(rows.bytes(row, 5))),
                    ]))
            }
            let isLast = rows.isEmpty || rows.int(0, 7) == Int64(rows.count)
            return .success(
                ExportListing.Page(
                    values, next: isLast ? nil : Hexadecimal.encode(rows.bytes(rows.count - 1, 0))))
        }
    }

    // MARK: - Keys and offers

    /// All versions of the list of device keys, the oldest first.
    private func exportedKeys(
        of person: PersonID, after place: String?
    ) async throws(PersonalWalletError) -> ExportListing.Page {
        let version = place.flatMap { Int64($0) } ?? 0
        let lists = try await transact { connection throws(PostgreSQLError) in
            .success(
                try KeyListRow.all(
                    of: person, after: version, limit: Self.pageSize, on: &connection))
        }
        let values = lists.map { list, changedAt in
            ExportValue.members([
                "version": .number(Int64(list.version)),
                "changed_at": .moment(changedAt),
                "keys": .list(
                    list.keys.map { key in
                        .members([
                            "device": .text("\(key.device)"),
                            "suite": .text(key.key.suite.name),
                            "key": .text(Base64URL.encode(key.key.raw)),
                        ])
                    }),
            ])
        }
        return ExportListing.Page(
            values,
            next: lists.count < Self.pageSize ? nil : lists.last.map { "\($0.list.version)" })
    }

    private static let quotes = Statement(
        "data.quotes",
        """
        SELECT id, sell_currency, sell_minor, buy_currency, buy_minor, mid_rate, applied_rate,
            spread_ppm, created_at, expires_at
        FROM fx_quote WHERE person_id = $1 AND ($2::uuid IS NULL OR id > $2::uuid)
        ORDER BY id LIMIT $3::bigint
        """)

    /// Offers to exchange, the oldest first; one that was used is the transfer of its identifier.
    private func exportedQuotes(
        of person: PersonID, after place: String?
    ) async throws(PersonalWalletError) -> ExportListing.Page {
        let last = place.flatMap { MoneyRequestID($0) }
        return try await transact {
            connection throws(PostgreSQLError) -> People.Answer<ExportListing.Page> in
            let rows = try connection.query(
                Self.quotes,
                Parameters {
                    $0.add(person)
                    $0.add(last)
                    $0.add(Int64(Self.pageSize))
                })
            var values: [ExportValue] = []
            for row in 0..<rows.count {
                values.append(
                    .members([
                        "id": .text("\(rows.transfer(row, 0))"),
                        "sell_currency": .text(rows.text(row, 1)),
                        "sell_minor": .number(rows.int(row, 2)),
                        "buy_currency": .text(rows.text(row, 3)),
                        "buy_minor": .number(rows.int(row, 4)),
                        "mid_rate": .text(rows.text(row, 5)),
                        "applied_rate": .text(rows.text(row, 6)),
                        "spread_ppm": .number(rows.int(row, 7)),
                        "at": .moment(rows.moment(row, 8)),
                        "expires_at": .moment(rows.moment(row, 9)),
                    ]))
            }
            let isLast = rows.count < Self.pageSize
            return .success(
                ExportListing.Page(
                    values, next: isLast ? nil : "\(rows.transfer(rows.count - 1, 0))"))
        }
    }
}

extension PersonalWallets? {
    /// A page of what wallets hold; none once they are gone.
    fileprivate func page(
        _ read: (PersonalWallets) async throws(PersonalWalletError) -> ExportListing.Page
    ) async throws(PeopleError) -> ExportListing.Page {
        guard let self else { throw .outOfReach }
        do throws(PersonalWalletError) { return try await read(self) } catch {
            switch error {
            case .people(let error): throw error
            case .wallet: throw .outOfReach
            }
        }
    }
}

public import EventLog
public import Identity
internal import Ledger
public import People
internal import PostgreSQL
internal import Vault
internal import Wallet

extension PersonalWallets {
    /// An address at which a person is paid.
    public struct PaymentLink: Sendable {
        /// Names it, to its owner.
        public let id: PaymentLinkID
        /// What whoever pays has; nil to others than the owner.
        public let secret: String?
        /// Who is paid.
        public let payee: People.Card
        /// In what currency.
        public let currency: Currency
        /// How much; nil where the payer chooses.
        public let amount: Money?
        /// What it is for.
        public let note: String?
        /// How often it was paid, and how often it may be at most.
        public let uses: Int64
        /// nil for any number.
        public let maximumUses: Int64?
        /// When it was made.
        public let createdAt: Timestamp
        /// When it ends by itself; nil for never.
        public let expiresAt: Timestamp?
        /// Whether it can be paid at.
        public let isOpen: Bool
    }

    /// What somebody wants to be paid by.
    public struct NewLink: Sendable {
        /// In what currency.
        public var currency: Currency
        /// How much, in minor units; nil where the payer chooses.
        public var amountMinor: Int64?
        /// What it is for.
        public var note: String?
        /// How often it may be paid at most; nil for any number.
        public var maximumUses: Int64?
        /// When it ends; nil for never.
        public var expiresAt: Timestamp?

        /// A link on which payers choose how much, and that does not end, but for what is given.
        public init(
            currency: Currency, amountMinor: Int64? = nil, note: String? = nil,
            maximumUses: Int64? = nil, expiresAt: Timestamp? = nil
        ) {
            self.currency = currency
            self.amountMinor = amountMinor
            self.note = note
            self.maximumUses = maximumUses
            self.expiresAt = expiresAt
        }
    }

    /// Makes an address at which a person is paid.
    public func makeLink(
        _ link: NewLink, of person: PersonID
    ) async throws(PersonalWalletError) -> PaymentLink {
        if let amount = link.amountMinor, amount <= 0 {
            throw .wallet(.refused(.invalidAmount, "an amount must be greater than zero"))
        }
        if let end = link.expiresAt, end <= now {
            throw .refused(
                .invalid, "invalid_expiry", "a link ends after now", field: "expires_at")
        }
        _ = try await open(link.currency, of: person)
        let secret = SecretToken(prefix: "pay_")
        let now = now
        let row = try await transact {
            connection throws(PostgreSQLError) -> People.Answer<LinkRow> in
            guard let key = try self.people.key(of: person, on: &connection) else {
                return .failure(.unknownPerson)
            }
            let row = LinkRow(
                id: PaymentLinkID(at: now), digest: secret.digest,
                sealed: key.seal(Array(secret.text.utf8), as: "link"), person: person,
                currency: link.currency.code, amountMinor: link.amountMinor,
                note: link.note.map { key.seal(Array($0.utf8), as: "link.note") },
                maximumUses: link.maximumUses, createdAt: now, expiresAt: link.expiresAt)
            try row.insert(on: &connection)
            return .success(row)
        }
        guard let made = try await view([row], asOwner: true).first else {
            throw .people(.unknownLink)
        }
        return made
    }

    /// A person's links, the newest first.
    public func links(of person: PersonID) async throws(PersonalWalletError) -> [PaymentLink] {
        let rows = try await transact { connection throws(PostgreSQLError) in
            .success(try LinkRow.all(of: person, on: &connection))
        }
        return try await view(rows, asOwner: true)
    }

    /// Nobody is paid at it any more.
    public func endLink(
        _ id: PaymentLinkID, of person: PersonID
    ) async throws(PersonalWalletError) {
        let now = now
        try await transact { connection throws(PostgreSQLError) -> People.Answer<Void> in
            try LinkRow.end(id, of: person, at: now, on: &connection)
                ? .success(()) : .failure(.unknownLink)
        }
    }

    /// What somebody who has a link's secret sees of it.
    public func link(_ secret: String) async throws(PersonalWalletError) -> PaymentLink {
        let row = try await row(of: secret)
        guard let link = try await view([row], asOwner: false).first else {
            throw .people(.unknownLink)
        }
        return link
    }

    func row(of secret: String) async throws(PersonalWalletError) -> LinkRow {
        let digest = SecretToken.digest(secret)
        return try await transact { connection throws(PostgreSQLError) in
            try LinkRow.find(digest: digest, on: &connection).map { .success($0) }
                ?? .failure(.unknownLink)
        }
    }

    private func view(
        _ rows: [LinkRow], asOwner: Bool
    ) async throws(PersonalWalletError) -> [PaymentLink] {
        let cards = try await ofPeople { () throws(PeopleError) in
            try await self.people.cards(of: Set(rows.map(\.person)))
        }
        let now = now
        return try await transact { connection throws(PostgreSQLError) in
            var links: [PaymentLink] = []
            for row in rows {
                guard let currency = Currency(code: row.currency),
                    let key = try self.people.key(of: row.person, on: &connection)
                else { continue }
                func text(_ sealed: [UInt8]?, _ field: String) -> String? {
                    sealed.flatMap { try? key.open($0, as: field) }
                        .map { String(decoding: $0, as: UTF8.self) }
                }
                links.append(
                    PaymentLink(
                        id: row.id, secret: asOwner ? text(row.sealed, "link") : nil,
                        payee: cards[row.person] ?? People.Card(id: row.person),
                        currency: currency,
                        amount: row.amountMinor.map { Money(minor: $0, currency: currency) },
                        note: text(row.note, "link.note"), uses: row.uses,
                        maximumUses: row.maximumUses, createdAt: row.createdAt,
                        expiresAt: row.expiresAt,
                        isOpen: row.endedAt == nil && row.expiresAt.map { $0 > now } ?? true
                            && row.maximumUses.map { row.uses < $0 } ?? true))
            }
            return .success(links)
        }
    }
}

extension PeopleError {
    static let unknownLink = PeopleError(
        .notFound, "unknown_link", "there is no such payment link")
    static let endedLink = PeopleError(
        .conflict, "link_ended", "nobody is paid at this link any more")
}

public import EventLog
public import Identity
internal import Ledger
internal import Notices
public import People
internal import PostgreSQL
internal import Vault
internal import Wallet

extension PersonalWallets {
    /// One who is to be asked, and for how much.
    public struct Asked: Sendable {
        /// Who.
        public var payer: Payee
        /// For how much, in minor units of the request's currency.
        public var amountMinor: Int64

        /// - Parameters:
        ///   - payer: who is asked.
        ///   - amountMinor: minor units of the request's currency.
        public init(_ payer: Payee, amountMinor: Int64) {
            self.payer = payer
            self.amountMinor = amountMinor
        }
    }

    /// A request for money.
    public struct MoneyRequest: Sendable {
        /// Names it.
        public let id: MoneyRequestID
        /// Who asks.
        public let requester: People.Card
        /// All shares together.
        public let total: Money
        /// What it is for.
        public let note: String?
        /// When it was made.
        public let createdAt: Timestamp
        /// When what is open of it ends.
        public let expiresAt: Timestamp
        /// What each is asked for: all, to who asks; their own, to who is asked.
        public let shares: [Share]
    }

    /// What one person is asked for.
    public struct Share: Sendable {
        /// Its place in the request, from 1.
        public let number: Int16
        /// Who is asked; nil while nobody has shown the address to be theirs.
        public let payer: People.Card?
        /// The address, to who asks.
        public let contact: ContactPoint?
        /// How much it is.
        public let amount: Money
        /// Where it stands.
        public let state: ShareState
        /// The payment of it, once there is one.
        public let payment: TransferID?
    }

    // MARK: - Asking

    /// Asks one or several for money.
    ///
    /// - Parameters:
    ///   - lifeSeconds: how long it is open; nil for the usual time.
    /// - Throws: ``PersonalWalletError``: also if somebody is asked twice, blocks the requester, or is a stranger who was
    ///   asked enough.
    public func ask(
        _ asked: [Asked], in currency: Currency, note: String?, lifeSeconds: Int64?,
        by person: PersonID
    ) async throws(PersonalWalletError) -> MoneyRequest {
        guard (1...rule.shares).contains(asked.count) else {
            throw .refused(
                .invalid, "too_many_shares",
                "a request is to at least 1 and at most \(rule.shares) people", field: "shares")
        }
        let life = lifeSeconds ?? rule.lifeSeconds
        guard (60...rule.longestLifeSeconds).contains(life) else {
            throw .refused(
                .invalid, "invalid_expiry",
                "a request is open for at least a minute and at most "
                    + "\(rule.longestLifeSeconds / 86_400) days", field: "expires_in_seconds")
        }
        var total: Int64 = 0
        for share in asked {
            let (sum, overflow) = total.addingReportingOverflow(share.amountMinor)
            guard share.amountMinor > 0, !overflow else {
                throw .wallet(.refused(.invalidAmount, "an amount must be greater than zero"))
            }
            total = sum
        }
        var found: [(Found, Int64)] = []
        for share in asked {
            found.append((try await find(share.payer, for: person), share.amountMinor))
        }
        _ = try await open(currency, of: person)
        let now = now
        let id = MoneyRequestID(at: now)
        let (rule, sum, shares) = (rule, total, found)
        try await enact { connection, acts throws(PostgreSQLError) -> People.Answer<Void> in
            guard let key = try self.people.key(of: person, on: &connection) else {
                return .failure(.unknownPerson)
            }
            let name = try self.people.displayName(of: person, on: &connection)
            if let refusal = try Self.refusal(
                to: shares.map(\.0), by: person, rule, at: now, on: &connection)
            {
                return .failure(refusal)
            }
            let request = RequestRow(
                id: id, requester: person, currency: currency.code, totalMinor: sum,
                note: note.map { key.seal(Array($0.utf8), as: "request") }, createdAt: now,
                expiresAt: now.adding(seconds: life))
            try request.insert(on: &connection)
            for (index, (payer, amount)) in shares.enumerated() {
                var share = ShareRow(
                    request: id, number: Int16(index + 1), amountMinor: amount, askedAt: now,
                    changedAt: now)
                switch payer {
                case .person(let person):
                    share.payer = person
                    acts.tell(
                        person,
                        .requestReceived(
                            id.uuid, Money(minor: amount, currency: currency), from: name,
                            note: note), once: "request \(id)")
                case .nobody(let point, let lookup):
                    share.lookup = lookup
                    share.sealed = key.seal(Array(point.text.utf8), as: "request")
                }
                try share.insert(on: &connection)
            }
            return .success(())
        }
        return try await request(id, of: person)
    }

    /// Why somebody may not ask these; nil if they may. Whoever asks holds their own row's lock, so that two requests at
    /// once count each other.
    private static func refusal(
        to payers: [Found], by person: PersonID, _ rule: AskingRule, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> PeopleError? {
        _ = try connection.query(lockPerson, Parameters { $0.add(person) })
        var asked = try RelationRows.asked(
            by: person, since: now.adding(seconds: -86_400), on: &connection)
        var seen: Set<[UInt8]> = []
        for payer in payers {
            let isStranger: Bool
            let open: Int64
            let key: [UInt8]
            switch payer {
            case .person(let other):
                key = Array("\(other)".utf8)
                isStranger = try !RelationRows.areAcquainted(person, other, on: &connection)
                open = try RelationRows.open(by: person, of: other, on: &connection)
            case .nobody(_, let lookup):
                key = lookup
                isStranger = true
                open = try RelationRows.open(by: person, of: lookup, on: &connection)
            }
            guard seen.insert(key).inserted else { return .askedTwice }
            if isStranger, open >= rule.openPerStranger { return .strangerAsked }
            asked.all += 1
            asked.strangers += isStranger ? 1 : 0
            if asked.all > rule.sharesADay || asked.strangers > rule.strangersADay {
                return .askedEnough
            }
        }
        return nil
    }

    private static let lockPerson = Statement(
        "request.lock_person", "SELECT 1 FROM person WHERE id = $1 FOR UPDATE")

    // MARK: - Looking

    /// A request that a person made or is asked by, as they see it.
    public func request(
        _ id: MoneyRequestID, of person: PersonID
    ) async throws(PersonalWalletError) -> MoneyRequest {
        let row = try await transact { connection throws(PostgreSQLError) in
            .success(try RequestRow.find(id, on: &connection))
        }
        guard let row, let seen = try await view([row], of: person).first, !seen.shares.isEmpty
        else { throw .people(.unknownRequest) }
        return seen
    }

    /// Requests that a person made, or is asked by, the newest first.
    public func requests(
        of person: PersonID, made isMade: Bool, before: MoneyRequestID?, limit: Int
    ) async throws(PersonalWalletError) -> [MoneyRequest] {
        let rows = try await transact { connection throws(PostgreSQLError) in
            .success(
                try RequestRow.page(
                    of: person, made: isMade, before: before, limit: limit, on: &connection))
        }
        return try await view(rows, of: person)
    }

    private func view(
        _ requests: [RequestRow], of person: PersonID
    ) async throws(PersonalWalletError) -> [MoneyRequest] {
        let known = try await transact { connection throws(PostgreSQLError) in
            let own = try self.people.lookups(of: person, on: &connection)
            var known: [(row: RequestRow, key: DataKey?, shares: [ShareRow])] = []
            for row in requests {
                let shares = try ShareRow.all(of: row.id, on: &connection).filter { share in
                    row.requester == person || share.payer == person
                        || share.lookup.map { own.contains($0) } ?? false
                }
                known.append((row, try self.people.key(of: row.requester, on: &connection), shares))
            }
            return .success(known)
        }
        let ids = Set(known.flatMap { [$0.row.requester] + $0.shares.compactMap(\.payer) })
        let cards = try await ofPeople { () throws(PeopleError) in
            try await self.people.cards(of: ids)
        }
        return known.compactMap { item in
            guard let currency = Currency(code: item.row.currency) else { return nil }
            func text(_ sealed: [UInt8]?) -> String? {
                guard let sealed, let key = item.key,
                    let plain = try? key.open(sealed, as: "request")
                else { return nil }
                return String(decoding: plain, as: UTF8.self)
            }
            return MoneyRequest(
                id: item.row.id,
                requester: cards[item.row.requester] ?? People.Card(id: item.row.requester),
                total: Money(minor: item.row.totalMinor, currency: currency),
                note: text(item.row.note), createdAt: item.row.createdAt,
                expiresAt: item.row.expiresAt,
                shares: item.shares.map { share in
                    Share(
                        number: share.number,
                        payer: share.payer.map { cards[$0] ?? People.Card(id: $0) },
                        contact: item.row.requester == person
                            ? text(share.sealed).flatMap { ContactPoint($0) } : nil,
                        amount: Money(minor: share.amountMinor, currency: currency),
                        state: share.state,
                        payment: share.state == .open ? nil : share.transfer)
                })
        }
    }
}

extension PeopleError {
    static let unknownRequest = PeopleError(
        .notFound, "unknown_request", "there is no such request that you made or are asked by")
    static let askedTwice = PeopleError(
        .invalid, "asked_twice", "somebody is asked twice by this request", field: "shares")
    static let strangerAsked = PeopleError(
        .conflict, "request_open",
        "you have asked somebody already whom you have never paid, nor they you: wait for the answer"
    )
    static let askedEnough = PeopleError(
        .tooMany, "asked_enough", "you have asked for money often enough today",
        retryAfterSeconds: 86_400)
}

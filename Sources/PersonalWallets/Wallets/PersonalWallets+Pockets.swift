public import EventLog
public import Identity
public import Ledger
internal import People
internal import PostgreSQL
public import Wallet

extension PersonalWallets {
    /// Money that a person has put aside.
    public struct Pocket: Sendable {
        /// Its account.
        public let account: AccountView
        /// What its owner calls it.
        public let name: String
        /// How much is to come together, if they said.
        public let goal: Money?
        /// When it was closed; nil while it is open.
        public let closedAt: Timestamp?
    }

    struct PocketRow: Sendable {
        var account: TransferID
        var currency: String
        var name: String
        var goalMinor: Int64?
        var closedAt: Timestamp?
    }

    /// Most pockets of a person that are open, and most that they may ever open: each is an account of the ledger, which
    /// stays.
    private static let most = 50
    private static let mostEver = 500
    private static let ofPerson = Statement(
        "pocket.of_person",
        """
        SELECT account, currency, name, goal_minor, closed_at FROM pocket WHERE person_id = $1
        ORDER BY opened_at, account
        """)
    private static let insert = Statement(
        "pocket.insert",
        """
        INSERT INTO pocket (account, person_id, currency, name, goal_minor, opened_at)
        VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT DO NOTHING
        """)
    private static let close = Statement(
        "pocket.close",
        "UPDATE pocket SET closed_at = $2 WHERE account = $1 AND closed_at IS NULL")

    func pocketRows(of person: PersonID) async throws(PersonalWalletError) -> [PocketRow] {
        try await transact { connection throws(PostgreSQLError) in
            guard let key = try self.people.key(of: person, on: &connection) else {
                return .failure(.unknownPerson)
            }
            let rows = try connection.query(Self.ofPerson, Parameters { $0.add(person) })
            return .success(
                (0..<rows.count).map { row in
                    let name = (try? key.open(rows.bytes(row, 2), as: "pocket")) ?? []
                    return PocketRow(
                        account: rows.transfer(row, 0), currency: rows.text(row, 1),
                        name: String(decoding: name, as: UTF8.self),
                        goalMinor: rows.optionalInt(row, 3), closedAt: rows.optionalMoment(row, 4))
                })
        }
    }

    /// A person's pockets, the oldest first.
    public func pockets(
        of person: PersonID, withClosed: Bool = false
    ) async throws(PersonalWalletError) -> [Pocket] {
        var pockets: [Pocket] = []
        for row in try await pocketRows(of: person) where withClosed || row.closedAt == nil {
            pockets.append(try await pocket(row))
        }
        return pockets
    }

    private func pocket(_ row: PocketRow) async throws(PersonalWalletError) -> Pocket {
        let view = try await view(PublicAccountID(uuid: row.account))
        let goal = row.goalMinor.flatMap { minor in
            Currency(code: row.currency).map { Money(minor: minor, currency: $0) }
        }
        return Pocket(account: view, name: row.name, goal: goal, closedAt: row.closedAt)
    }

    /// Opens a pocket of a currency of which the person has a wallet.
    ///
    /// - Parameter key: the client's, so that a repeated request opens one; nil for another each time.
    public func openPocket(
        _ name: String, _ currency: Currency, goal: Money?, of person: PersonID,
        key: IdempotencyKey?
    ) async throws(PersonalWalletError) -> Pocket {
        _ = try await own(currency, of: person)
        let rows = try await pocketRows(of: person)
        guard rows.filter({ $0.closedAt == nil }).count < Self.most else {
            throw .refused(
                .conflict, "too_many_pockets", "there are at most \(Self.most) pockets")
        }
        guard rows.count < Self.mostEver else {
            throw .refused(
                .conflict, "too_many_pockets",
                "\(Self.mostEver) pockets were opened, closed ones among them: there can be no more"
            )
        }
        let view = try await openAccount(
            owner: "\(person)", currency, scope: "pocket:\(person)",
            key: key.map { "\($0.key)" } ?? "\(TransferID.fresh(at: now))")
        let now = now
        try await transact { connection throws(PostgreSQLError) -> People.Answer<Void> in
            guard let sealing = try self.people.key(of: person, on: &connection) else {
                return .failure(.unknownPerson)
            }
            _ = try connection.query(
                Self.insert,
                Parameters {
                    $0.add(view.publicID.uuid)
                    $0.add(person)
                    $0.add(currency.code)
                    $0.add(sealing.seal(Array(name.utf8), as: "pocket"))
                    $0.add(goal?.minor)
                    $0.add(now)
                })
            return .success(())
        }
        return Pocket(account: view, name: name, goal: goal, closedAt: nil)
    }

    /// Puts money into a pocket, or takes it out, at once: it stays with its owner, so no fee, limit or engine is asked.
    public func move(
        _ amount: Money, intoPocket: Bool, _ pocket: PublicAccountID, of person: PersonID,
        key: IdempotencyKey?
    ) async throws(PersonalWalletError) -> TransferAnswer {
        guard
            let row = try await pocketRows(of: person).first(where: {
                // What came in while a pocket was being closed can be taken out.
                $0.account == pocket.uuid && ($0.closedAt == nil || !intoPocket)
            })
        else { throw .unknownPocket }
        guard row.currency == amount.currency.code else {
            throw .wallet(
                .refused(.currencyMismatch, "the amount must be in the pocket's currency"))
        }
        let own = try await own(amount.currency, of: person)
        return try await ofWallet { () throws(WalletError) in
            try await self.wallet.book(
                amount, from: intoPocket ? own : pocket, to: intoPocket ? pocket : own, key: key)
        }
    }

    /// Closes a pocket, which must be empty.
    public func closePocket(
        _ pocket: PublicAccountID, of person: PersonID
    ) async throws(PersonalWalletError) {
        let rows = try await pocketRows(of: person)
        guard rows.contains(where: { $0.account == pocket.uuid && $0.closedAt == nil }) else {
            throw .unknownPocket
        }
        let view = try await view(pocket)
        guard view.account.posted == 0, view.account.reserved == 0 else {
            throw .refused(
                .conflict, "pocket_not_empty", "take out what is in the pocket before it is closed")
        }
        let now = now
        try await transact { connection throws(PostgreSQLError) -> People.Answer<Void> in
            _ = try connection.query(
                Self.close,
                Parameters {
                    $0.add(pocket.uuid)
                    $0.add(now)
                })
            return .success(())
        }
    }
}

extension PersonalWalletError {
    static let unknownPocket = refused(
        .notFound, "unknown_pocket", "there is no such pocket of yours")
}

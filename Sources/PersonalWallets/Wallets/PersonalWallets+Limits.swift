public import EventLog
public import Fees
public import Identity
internal import Notices
internal import People
internal import PostgreSQL
public import Pricing
public import Wallet

extension PersonalWallets {
    /// What a person may still spend; nil without any limits.
    public func limits(
        of person: PersonID
    ) async throws(PersonalWalletError) -> (
        currency: Currency, tier: Tier?, limits: [Wallet.RemainingLimit]
    )? {
        try await ofWallet { () throws(WalletError) in
            try await self.wallet.limits(of: person.uuid)
        }
    }

    /// What a payment would cost; nothing is reserved.
    public func price(
        _ kind: PaymentKind, _ amount: Money, from person: PersonID
    ) async throws(PersonalWalletError) -> PaymentPrice {
        let payer = try await own(amount.currency, of: person)
        return try await ofWallet { () throws(WalletError) in
            try await self.wallet.price(kind, amount, from: payer)
        }
    }

    private static let setTier = Statement(
        "tier.set",
        """
        INSERT INTO spender_tier (spender, tier, changed_at)
        SELECT $1::uuid, $2, $3::bigint
        WHERE $2 <> '' OR EXISTS (SELECT 1 FROM spender_tier WHERE spender = $1)
        ON CONFLICT (spender) DO UPDATE SET tier = excluded.tier, changed_at = excluded.changed_at
        WHERE spender_tier.tier <> excluded.tier RETURNING true
        """)

    /// Gives somebody other prices and limits; nil for everybody's. It holds within a second or two. The person is told.
    ///
    /// - Parameter actor: who gives them.
    public func setTier(
        _ tier: Tier?, of person: PersonID, by actor: String
    ) async throws(PersonalWalletError) {
        let now = now
        try await enact { connection, acts throws(PostgreSQLError) -> People.Answer<Void> in
            guard try self.people.exists(person, on: &connection) else {
                return .failure(.unknownPerson)
            }
            acts.add(
                .tierChanged, by: actor, on: "\(person)", .succeeded,
                [("tier", tier?.rawValue ?? "*")])
            let changed = try connection.query(
                Self.setTier,
                Parameters {
                    $0.add(person)
                    $0.add(tier?.rawValue ?? "")
                    $0.add(now)
                })
            if !changed.isEmpty {
                acts.tell(person, .limitsChanged, once: "tier \(now.rawValue)")
            }
            return .success(())
        }
    }

    private static let primary = Statement(
        "person.primary_currency", "SELECT primary_currency FROM person WHERE id = $1")
    private static let setPrimary = Statement(
        "person.primary_currency.set", "UPDATE person SET primary_currency = $2 WHERE id = $1")

    /// The currency in which a person is paid unless somebody says another; that of their oldest wallet unless they said
    /// which, nil without any.
    public func primaryCurrency(
        of person: PersonID
    ) async throws(PersonalWalletError) -> Currency? {
        let code = try await transact { connection throws(PostgreSQLError) in
            let rows = try connection.query(Self.primary, Parameters { $0.add(person) })
            return .success(rows.isEmpty ? nil : rows.optionalText(0, 0))
        }
        if let code { return Currency(code: code) }
        return try await rows(of: person).first.flatMap { Currency(code: $0.currency) }
    }

    /// Says which currency that is; the person must have a wallet of it.
    public func setPrimaryCurrency(
        _ currency: Currency, of person: PersonID
    ) async throws(PersonalWalletError) {
        _ = try await own(currency, of: person)
        try await transact { connection throws(PostgreSQLError) -> People.Answer<Void> in
            _ = try connection.query(
                Self.setPrimary,
                Parameters {
                    $0.add(person)
                    $0.add(currency.code)
                })
            return .success(())
        }
    }
}

internal import AuditTrail
internal import Cryptography
public import EventLog
public import ForeignExchange
public import Identity
public import Ledger
internal import People
internal import PostgreSQL
internal import Pricing
public import Wallet

extension PersonalWallets {
    /// How long an offer to exchange is good for, in seconds.
    static let quoteSeconds: Int64 = 30

    private static let insertQuote = Statement(
        "quote.insert",
        """
        INSERT INTO fx_quote (id, person_id, sell_currency, sell_minor, buy_currency, buy_minor,
            kept_currency, kept_minor, mid_rate, applied_rate, spread_ppm, rounding, table_hash,
            created_at, expires_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """)
    private static let quote = Statement(
        "quote.by_id",
        """
        SELECT sell_currency, sell_minor, buy_currency, buy_minor, kept_currency, kept_minor, expires_at
        FROM fx_quote WHERE id = $1 AND person_id = $2
        """)

    private static let sweepQuotes = Statement(
        "quote.sweep",
        """
        DELETE FROM fx_quote WHERE id IN (
            SELECT id FROM fx_quote WHERE expires_at < $1 ORDER BY expires_at LIMIT 1000)
        """)

    /// Takes away offers a day after they ended.
    func sweepQuotes() async throws(PersonalWalletError) {
        let before = now.adding(seconds: -86_400)
        try await transact { connection throws(PostgreSQLError) -> People.Answer<Void> in
            _ = try connection.query(Self.sweepQuotes, Parameters { $0.add(before) })
            return .success(())
        }
    }

    /// Offers a person to exchange between wallets of theirs, at a locked rate, for a short time and once.
    public func quote(
        _ side: FXQuote.Side, _ fixed: Money, against counter: Currency, for person: PersonID
    ) async throws(PersonalWalletError) -> FXQuote {
        let now = now
        var random = SystemRandomNumberGenerator()
        let id = FXQuoteID(at: now, random: &random)
        let quote = try await ofWallet { () throws(WalletError) in
            try self.wallet.quote(
                side, fixed, against: counter, id: id, at: now,
                lifetimeSeconds: Self.quoteSeconds)
        }
        try await transact { connection throws(PostgreSQLError) -> People.Answer<Void> in
            _ = try connection.query(
                Self.insertQuote,
                Parameters {
                    $0.add(TransferID(high: quote.id.high, low: quote.id.low))
                    $0.add(person)
                    $0.add(quote.sell.currency.code)
                    $0.add(quote.sell.minor)
                    $0.add(quote.buy.currency.code)
                    $0.add(quote.buy.minor)
                    $0.add(quote.kept.currency.code)
                    $0.add(quote.kept.minor)
                    $0.add("\(quote.midRate.ratio)")
                    $0.add("\(quote.appliedRate)")
                    $0.add(quote.spread.partsPerMillion)
                    $0.add("\(quote.rounding)")
                    $0.add(quote.tableHash.bytes)
                    $0.add(quote.createdAt)
                    $0.add(quote.expiresAt)
                })
            return .success(())
        }
        return quote
    }

    /// Exchanges as was offered. The offer's identifier is the transfer's, and its end is judged by the ledger's clock in
    /// the commit: so it is used once, and in time.
    ///
    /// - Throws: ``PersonalWalletError``: `quote_used` or `too_late`, and nothing has moved.
    public func exchange(
        _ id: FXQuoteID, by person: PersonID, key: IdempotencyKey?
    ) async throws(PersonalWalletError) -> TransferAnswer {
        let transfer = TransferID(high: id.high, low: id.low)
        let offered = try await transact {
            connection throws(PostgreSQLError) -> People.Answer<Wallet.Exchange?> in
            let rows = try connection.query(
                Self.quote,
                Parameters {
                    $0.add(transfer)
                    $0.add(person)
                })
            guard !rows.isEmpty, let sold = Currency(code: rows.text(0, 0)),
                let bought = Currency(code: rows.text(0, 2)),
                let kept = Currency(code: rows.text(0, 4))
            else { return .success(nil) }
            return .success(
                Wallet.Exchange(
                    id: transfer, sell: Money(minor: rows.int(0, 1), currency: sold),
                    buy: Money(minor: rows.int(0, 3), currency: bought),
                    kept: Money(minor: rows.int(0, 5), currency: kept),
                    validUntil: rows.moment(0, 6)))
        }
        guard let known = offered else {
            // One that was used long ago is not kept, its transfer is.
            let used = try await knownTransfer(transfer)?.payer
            guard let used, try await isTheirs(used, person) else {
                throw .people(.unknownQuote.noting(.quoteUsed, on: "\(id)"))
            }
            throw .people(.usedQuote.noting(.quoteUsed, on: "\(id)"))
        }
        let from = try await own(known.sell.currency, of: person)
        let to = try await open(known.buy.currency, of: person).publicID
        do throws(WalletError) {
            return try await wallet.exchange(known, from: from, to: to, key: key)
        } catch {
            switch error.refusal {
            case .duplicate: throw .people(.usedQuote.noting(.quoteUsed, on: "\(id)"))
            case .tooLate:
                throw .people(.lateQuote(error).noting(.quoteUsed, on: "\(id)"))
            default: throw .wallet(error)
            }
        }
    }
}

extension PeopleError {
    static let unknownQuote = PeopleError(
        .notFound, "unknown_quote", "there is no such offer to you")
    /// As the ledger says it.
    static func lateQuote(_ error: WalletError) -> PeopleError {
        PeopleError(.invalid, error.name, error.detail)
    }
    static let usedQuote = PeopleError(
        .conflict, "quote_used", "this offer was used: ask for another")
}

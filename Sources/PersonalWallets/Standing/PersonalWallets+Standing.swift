internal import AuditTrail
public import EventLog
public import Identity
internal import Ledger
internal import Notices
public import People
internal import PostgreSQL
internal import Wallet

extension PersonalWallets {
    /// A payment at a later time, once or again and again.
    public struct StandingPayment: Sendable {
        /// Names it.
        public let id: StandingPaymentID
        /// Who is paid.
        public let payee: People.Card
        /// How much each time.
        public let amount: Money
        /// How often.
        public let every: Recurrence
        /// The first time.
        public let firstAt: Timestamp
        /// How often in all; nil for no end.
        public let occurrences: Int64?
        /// How many are over, paid or left out.
        public let done: Int64
        /// When the next one is tried; nil once there is none.
        public let dueAt: Timestamp?
        /// Why the last try did not succeed, as a stable word; nil if it did.
        public let lastError: String?
        /// When it ended; nil while it goes on.
        public let endedAt: Timestamp?
    }

    /// Most standing payments of a person.
    private static let most: Int64 = 100

    /// Orders a payment at a later time. The payee must be registered.
    public func order(
        _ payee: Payee, _ amount: Money, every: Recurrence, firstAt: Timestamp,
        occurrences: Int64?, by person: PersonID
    ) async throws(PersonalWalletError) -> StandingPayment {
        let now = now
        guard amount.minor > 0 else {
            throw .wallet(.refused(.invalidAmount, "an amount must be greater than zero"))
        }
        guard firstAt > now, firstAt < now.adding(seconds: 5 * 366 * 86_400) else {
            throw .refused(
                .invalid, "invalid_time", "the first payment is after now and within five years",
                field: "first_at")
        }
        _ = try await own(amount.currency, of: person)
        guard case .person(let other) = try await find(payee, for: person) else {
            throw .unknownPayee
        }
        let row = StandingRow(
            id: StandingPaymentID(at: now), person: person, payee: other,
            currency: amount.currency.code, amountMinor: amount.minor, every: every,
            firstAt: firstAt, occurrences: every == .once ? 1 : occurrences, dueAt: firstAt,
            createdAt: now)
        try await enact { connection, acts throws(PostgreSQLError) -> People.Answer<Void> in
            guard try StandingRow.count(of: person, on: &connection) < Self.most else {
                return .failure(.tooManyStanding)
            }
            try row.insert(on: &connection)
            acts.add(.standingOrdered, by: person, on: "\(row.id)")
            return .success(())
        }
        return try await view([row])[0]
    }

    /// A person's standing payments, the oldest first; those that ended, too.
    public func standingPayments(
        of person: PersonID
    ) async throws(PersonalWalletError) -> [StandingPayment] {
        let rows = try await transact { connection throws(PostgreSQLError) in
            .success(try StandingRow.all(of: person, on: &connection))
        }
        return try await view(rows)
    }

    /// Calls a standing payment off. What is being paid at this moment is paid.
    public func endStanding(
        _ id: StandingPaymentID, of person: PersonID
    ) async throws(PersonalWalletError) {
        let now = now
        try await enact { connection, acts throws(PostgreSQLError) -> People.Answer<Void> in
            guard var row = try StandingRow.locked(id, on: &connection), row.person == person,
                row.endedAt == nil
            else { return .failure(.unknownStanding) }
            row.endedAt = now
            row.dueAt = nil
            try row.update(on: &connection)
            acts.add(.standingEnded, by: person, on: "\(id)")
            return .success(())
        }
    }

    private func view(
        _ rows: [StandingRow]
    ) async throws(PersonalWalletError) -> [StandingPayment] {
        let cards = try await ofPeople { () throws(PeopleError) in
            try await self.people.cards(of: Set(rows.map(\.payee)))
        }
        return rows.compactMap { row in
            Currency(code: row.currency).map { currency in
                StandingPayment(
                    id: row.id, payee: cards[row.payee] ?? People.Card(id: row.payee),
                    amount: Money(minor: row.amountMinor, currency: currency), every: row.every,
                    firstAt: row.firstAt, occurrences: row.occurrences, done: row.occurrence,
                    dueAt: row.dueAt, lastError: row.lastError, endedAt: row.endedAt)
            }
        }
    }

    // MARK: - Paying

    /// Pays what is due.
    func payStanding() async throws(PersonalWalletError) {
        let now = now
        let due = try await transact { connection throws(PostgreSQLError) in
            var begun: [StandingRow] = []
            for var row in try StandingRow.due(at: now, on: &connection) {
                row.begin(at: now)
                try row.update(on: &connection)
                begun.append(row)
            }
            return .success(begun)
        }
        for row in due {
            await attempt("a standing payment") { () throws(PersonalWalletError) in
                try await self.pay(row)
            }
        }
    }

    private func pay(_ row: StandingRow) async throws(PersonalWalletError) {
        guard let currency = Currency(code: row.currency), let transfer = row.transfer else {
            return
        }
        var refusal: String?
        do throws(PersonalWalletError) {
            let paid = try await pay(
                .person(row.payee), Money(minor: row.amountMinor, currency: currency),
                from: row.person, once: transfer, key: nil)
            if paid.answer.transfer.state == .voided { refusal = "declined" }
        } catch {
            if case .wallet(let error) = error, error.isBusy || error.isUnavailable { return }
            if case .people(let error) = error, error.kind == .unavailable { return }
            // A duplicate was paid by a process that did not live to say so.
            if error.code != "duplicate_identifier" { refusal = error.code }
        }
        let (now, why) = (now, refusal)
        try await enact { connection, acts throws(PostgreSQLError) -> People.Answer<Void> in
            guard var current = try StandingRow.locked(row.id, on: &connection),
                current.transfer == transfer, current.endedAt == nil
            else { return .success(()) }
            if let why, why != "declined" {
                current.refuse(at: now, because: why)
            } else {
                current.goOn(at: now, because: why)
            }
            try current.update(on: &connection)
            if why != nil {
                let payee = try self.people.displayName(of: row.payee, on: &connection)
                acts.tell(
                    row.person,
                    .scheduledPaymentFailed(
                        row.id.uuid, Money(minor: row.amountMinor, currency: currency), to: payee),
                    once: "standing \(row.id) \(row.occurrence) \(row.tries)")
            }
            return .success(())
        }
    }
}

extension PeopleError {
    static let unknownStanding = PeopleError(
        .notFound, "unknown_standing_payment", "there is no such standing payment of yours")
    static let tooManyStanding = PeopleError(
        .conflict, "too_many_standing_payments", "there are at most 100 standing payments")
}

internal import EventLog
internal import Fees
internal import Hummingbird
internal import Identity
internal import Ledger
internal import People
internal import PersonalWallets
internal import Wallet

/// `/v1/me/wallets`, `/v1/me/history`, `/v1/me/pockets`, `/v1/me/limits`: what people have.
struct PersonalWalletController {
    let wallets: PersonalWallets

    var routes: APIRoutes {
        APIRoutes()
            .get(.person(.walletRead), "wallets", use: list)
            .post(.person(.walletPay), "wallets", use: open)
            .put(.person(.walletPay), "wallets/primary", use: setPrimary)
            .get(.person(.walletRead), "wallets/:id/history", use: history)
            .get(.person(.walletRead), "history", use: wholeHistory)
            .get(.person(.walletRead), "limits", use: limits)
            .get(.person(.walletRead), "pockets", use: pockets)
            .post(.person(.walletPay), "pockets", use: openPocket)
            .post(.person(.walletPay), "pockets/:id/deposit", use: deposit)
            .post(.person(.walletPay), "pockets/:id/withdraw", use: withdraw)
            .delete(.person(.walletPay), "pockets/:id", use: closePocket)
    }

    private enum CurrencyField: String, CaseIterable { case currency }
    private enum PocketField: String, CaseIterable { case name, currency, goal }
    private enum AmountField: String, CaseIterable { case amount }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response
    {
        _ = try Query(request)
        let person = try context.person()
        let views = try await wallets.all(of: person)
        let primary = try await wallets.primaryCurrency(of: person)
        return .object { writer in
            writer.name("wallets")
            writer.array(views) { $0.account($1) }
            writer.member("primary_currency", primary?.code)
        }
    }

    @Sendable private func open(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let body = try JSONObject<CurrencyField>(try await Submission(request, context).body)
        return .account(
            try await wallets.open(try body.currency(.currency), of: try context.person()))
    }

    @Sendable private func setPrimary(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<CurrencyField>(try await Submission(request, context).body)
        try await wallets.setPrimaryCurrency(
            try body.currency(.currency), of: try context.person())
        return Response(status: .noContent)
    }

    @Sendable private func history(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let query = try Query(request, "before", "limit")
        let limit = try query.limit()
        let history = try await wallets.history(
            try context.accountID(), of: try context.person(),
            before: try query.sequence("before"), limit: limit)
        return .history(
            history.entries, history.counterparties, of: history.view, limit: limit)
    }

    @Sendable private func wholeHistory(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let query = try Query(request, "before", "limit")
        let limit = try query.limit()
        let lines = try await wallets.history(
            of: try context.person(), before: try query.sequence("before"), limit: limit)
        return .object { writer in
            writer.name("entries")
            writer.array(lines) { writer, line in
                writer.entry(
                    line.entry, counterparty: line.counterparty,
                    currency: line.account.account.currency, account: line.account.publicID)
            }
            writer.member("next", lines.count < limit ? nil : lines.last?.entry.sequence.rawValue)
        }
    }

    @Sendable private func limits(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try Query(request)
        let known = try await wallets.limits(of: try context.person())
        return .object { writer in
            writer.member("currency", known?.currency.code)
            writer.member("tier", known?.tier?.rawValue)
            writer.name("limits")
            writer.array(known?.limits ?? []) { writer, limit in
                writer.remaining(limit, known?.currency.number ?? 0)
            }
        }
    }

    // MARK: - Pockets

    @Sendable private func pockets(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try Query(request)
        let pockets = try await wallets.pockets(of: try context.person())
        return .object { writer in
            writer.name("pockets")
            writer.array(pockets) { $0.pocket($1) }
        }
    }

    @Sendable private func openPocket(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let submission = try await Submission(request, context)
        let body = try JSONObject<PocketField>(submission.body)
        let currency = try body.currency(.currency)
        let goal = try body.optionalAmount(.goal)
        if let goal, goal.currency != currency {
            throw Problem.bad(
                "currency_mismatch", "the goal must be in the pocket's currency", field: "goal")
        }
        let pocket = try await wallets.openPocket(
            try body.displayName(.name), currency, goal: goal, of: try context.person(),
            key: submission.key)
        return .object(status: .created) { $0.pocketMembers(pocket) }
    }

    @Sendable private func deposit(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await move(request, context, intoPocket: true)
    }

    @Sendable private func withdraw(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await move(request, context, intoPocket: false)
    }

    private func move(
        _ request: Request, _ context: APIContext, intoPocket: Bool
    ) async throws -> Response {
        let submission = try await Submission(request, context)
        let body = try JSONObject<AmountField>(submission.body)
        return .transfer(
            try await wallets.move(
                try body.amount(.amount), intoPocket: intoPocket, try context.accountID(),
                of: try context.person(), key: submission.key), status: .created)
    }

    @Sendable private func closePocket(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await wallets.closePocket(try context.accountID(), of: try context.person())
        return Response(status: .noContent)
    }
}

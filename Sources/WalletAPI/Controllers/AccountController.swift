internal import EventLog
internal import Hummingbird
internal import Ledger
internal import Wallet

/// `/v1/accounts`
struct AccountController {
    let wallet: Wallet

    var routes: APIRoutes {
        APIRoutes()
            .post(.scope(.accountsWrite), use: open)
            .get(.scope(.accountsRead), ":id", use: get)
            .get(.scope(.accountsRead), ":id/history", use: history)
            .get(.scope(.accountsRead), ":id/balance", use: balance)
            .post(.scope(.fundsWrite), ":id/fund", use: fund)
            .post(.scope(.accountsWrite), ":id/freeze", use: freeze)
            .post(.scope(.accountsWrite), ":id/unfreeze", use: unfreeze)
            .put(.scope(.accountsWrite), ":id/limits", use: limit)
    }

    private enum OpenField: String, CaseIterable { case owner, currency }
    private enum FundField: String, CaseIterable { case amount }
    private enum FreezeField: String, CaseIterable { case debits, credits }

    @Sendable private func open(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let submission = try await Submission(request, context)
        let body = try JSONObject<OpenField>(submission.body)
        let view = try await wallet.openAccount(
            owner: try body.string(.owner), currency: try body.currency(.currency),
            key: submission.key)
        return .account(view, status: .created)
    }

    @Sendable private func get(_ request: Request, _ context: APIContext) async throws -> Response {
        _ = try Query(request)
        return .account(try await wallet.view(try context.accountID()))
    }

    @Sendable private func history(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let query = try Query(request, "before", "limit")
        let limit = try query.limit()
        let view = try await wallet.view(try context.accountID())
        let (entries, counterparties) = try await wallet.history(
            view.publicID, before: try query.sequence("before"), limit: limit)
        return .history(entries, counterparties, of: view, limit: limit)
    }

    @Sendable private func balance(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let query = try Query(request, "sequence", "time")
        let sequence = try query.sequence("sequence")
        var time: Timestamp?
        if let text = query["time"] {
            guard sequence == nil else {
                throw Query.invalid("time", "and the parameter sequence exclude each other")
            }
            guard let moment = Timestamp(request: text) else { throw Problem.invalidTime("time") }
            time = moment
        }
        let view = try await wallet.view(try context.accountID())
        let balance = try await wallet.balance(view.publicID, at: sequence, time: time)
        var writer = JSONWriter()
        writer.balance(balance, of: view)
        return .json(writer)
    }

    @Sendable private func fund(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let submission = try await Submission(request, context)
        let body = try JSONObject<FundField>(submission.body)
        let answer = try await wallet.fund(
            try context.accountID(), amount: try body.amount(.amount), key: submission.key)
        return .transfer(answer, status: .created)
    }

    @Sendable private func freeze(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await setFrozen(true, request, context)
    }

    @Sendable private func unfreeze(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await setFrozen(false, request, context)
    }

    /// The body names what is meant; an empty one means both.
    private func setFrozen(
        _ frozen: Bool, _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let submission = try await Submission(request, context)
        let body = try JSONObject<FreezeField>(submission.body)
        let debits = try body.optionalBool(.debits)
        let credits = try body.optionalBool(.credits)
        let isEmpty = debits == nil && credits == nil
        let view = try await wallet.freeze(
            try context.accountID(), debits: isEmpty || debits == true ? frozen : nil,
            credits: isEmpty || credits == true ? frozen : nil, key: submission.key)
        return .account(view)
    }

    @Sendable private func limit(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let submission = try await Submission(request, context)
        let id = try context.accountID()
        let limits = try LimitsRequest(submission.body)
        let view = try await wallet.view(id)
        guard limits.currencies.allSatisfy({ $0.number == view.account.currency }) else {
            throw WalletError.refused(
                .currencyMismatch, "limits must be in the account's currency")
        }
        return .account(
            try await wallet.limit(
                id, overdraft: limits.overdraft, caps: limits.caps, key: submission.key))
    }
}

internal import EventLog
internal import Hummingbird
internal import Identity
internal import Ledger
internal import People
internal import PersonalWallets
internal import Wallet

/// `/v1/me/requests`: asking others for money, and answering them.
struct MoneyRequestController {
    let wallets: PersonalWallets

    var routes: APIRoutes {
        APIRoutes()
            .get(.person(.walletRead), "requests", use: list)
            .post(.person(.walletPay), "requests", use: ask)
            .get(.person(.walletRead), "requests/:id", use: get)
            .post(.person(.walletPay), "requests/:id/pay", use: pay)
            .post(.person(.walletPay), "requests/:id/decline", use: decline)
            .post(.person(.walletPay), "requests/:id/cancel", use: cancel)
            .post(.person(.walletPay), "requests/:id/remind", use: remind)
    }

    private enum AskField: String, CaseIterable {
        case currency, total, shares, note
        case expiresInSeconds = "expires_in_seconds"
    }
    private enum ShareField: String, CaseIterable { case from, amount, weight }
    private enum PayField: String, CaseIterable { case context }

    @Sendable private func ask(_ request: Request, _ context: APIContext) async throws -> Response {
        let body = try JSONObject<AskField>(try await Submission(request, context).body)
        let (currency, asked) = try Self.shares(of: body)
        let made = try await wallets.ask(
            asked, in: currency, note: try body.optionalNote(.note),
            lifeSeconds: try body.optionalCount(.expiresInSeconds), by: try context.person())
        return .object(status: .created) { $0.moneyRequestMembers(made) }
    }

    /// Either amounts, each of its own, or a total that is split by weights, which are 1 unless given.
    private static func shares(
        of body: JSONObject<AskField>
    ) throws(Problem) -> (Currency, [PersonalWallets.Asked]) {
        guard case .array(let items) = try body.required(.shares) else {
            throw .wrongType("shares", found: try body.required(.shares), expected: "a list")
        }
        guard (1...20).contains(items.count) else {
            throw .bad(
                "too_many_shares", "a request is to at least 1 and at most 20 people",
                field: "shares")
        }
        var payers: [Payee] = []
        var amounts: [Money?] = []
        var weights: [Int64] = []
        for (index, item) in items.enumerated() {
            let share = try JSONObject<ShareField>(item, at: "shares[\(index)]")
            payers.append(try share.payee(.from))
            amounts.append(try share.optionalAmount(.amount))
            weights.append(try share.optionalCount(.weight) ?? 1)
        }
        if let total = try body.optionalAmount(.total) {
            guard amounts.allSatisfy({ $0 == nil }) else {
                throw .bad(
                    "conflicting_fields", "a total and amounts of shares exclude each other",
                    field: "total")
            }
            guard let parts = BillSplit.parts(ofMinor: total.minor, by: weights) else {
                throw .bad(
                    "invalid_weight", "weights are whole numbers from 1 to 1000000",
                    field: "shares")
            }
            return (
                total.currency,
                zip(payers, parts).map { PersonalWallets.Asked($0, amountMinor: $1) }
            )
        }
        var asked: [PersonalWallets.Asked] = []
        for (index, payer) in payers.enumerated() {
            guard let amount = amounts[index] else {
                throw .bad(
                    "missing_field", "a share has an amount unless there is a total",
                    field: "shares[\(index)].amount")
            }
            guard amount.currency == amounts[0]?.currency else {
                throw .bad(
                    "currency_mismatch", "all shares are of one currency",
                    field: "shares[\(index)].amount")
            }
            asked.append(PersonalWallets.Asked(payer, amountMinor: amount.minor))
        }
        guard let currency = amounts[0]?.currency else { throw .internalError }
        return (currency, asked)
    }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let query = try Query(request, "made", "before", "limit")
        let limit = try query.limit()
        let isMade = try query.flag("made")
        let before = try query["before"].map { text throws(Problem) in
            guard let id = MoneyRequestID(text) else { throw Problem.invalidUUID("before") }
            return id
        }
        let requests = try await wallets.requests(
            of: try context.person(), made: isMade, before: before, limit: limit)
        return .object { writer in
            writer.name("requests")
            writer.array(requests) { $0.moneyRequest($1) }
            writer.member("next", requests.count < limit ? nil : requests.last.map { "\($0.id)" })
        }
    }

    @Sendable private func get(_ request: Request, _ context: APIContext) async throws -> Response {
        _ = try Query(request)
        return .moneyRequest(
            try await wallets.request(try context.identifier(), of: try context.person()))
    }

    @Sendable private func pay(_ request: Request, _ context: APIContext) async throws -> Response {
        let submission = try await Submission(request, context)
        let body = try JSONObject<PayField>(submission.body)
        return .paid(
            try await wallets.payRequest(
                try context.identifier(), by: try context.person(),
                context: try context.risk(of: body.value(.context), at: body.path(of: .context)),
                key: submission.key))
    }

    @Sendable private func decline(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try JSONObject<NoField>(try await Submission(request, context).body)
        return .moneyRequest(
            try await wallets.declineRequest(try context.identifier(), by: try context.person()))
    }

    @Sendable private func cancel(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try JSONObject<NoField>(try await Submission(request, context).body)
        return .moneyRequest(
            try await wallets.cancelRequest(try context.identifier(), by: try context.person()))
    }

    @Sendable private func remind(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try JSONObject<NoField>(try await Submission(request, context).body)
        return .moneyRequest(
            try await wallets.remind(try context.identifier(), by: try context.person()))
    }
}

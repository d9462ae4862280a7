internal import EventLog
internal import Hummingbird
internal import Identity
internal import Ledger
internal import People
internal import PersonalWallets
internal import Wallet

/// `/v1/me/wallets` and `/v1/me/payments`: what people do with their money.
struct PersonalWalletController {
    let wallets: PersonalWallets

    var routes: APIRoutes {
        APIRoutes()
            .get(.person(.walletRead), "wallets", use: list)
            .post(.person(.walletPay), "wallets", use: open)
            .get(.person(.walletRead), "wallets/:id/history", use: history)
            .post(.person(.walletPay), "payments", use: pay)
            .get(.person(.walletRead), "payments/:id", use: payment)
            .post(.person(.walletPay), "payments/:id/confirm/options", use: ask)
            .post(.person(.walletPay), "payments/:id/confirm", use: confirm)
    }

    private enum OpenField: String, CaseIterable { case currency }
    private enum PayField: String, CaseIterable { case to, amount, context }
    private enum ConfirmField: String, CaseIterable { case code, challenge, credential }

    @Sendable private func list(_ request: Request, _ context: APIContext) async throws -> Response
    {
        _ = try Query(request)
        let views = try await wallets.all(of: try context.person())
        return .object { writer in
            writer.name("wallets")
            writer.array(views) { $0.account($1) }
        }
    }

    @Sendable private func open(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let body = try JSONObject<OpenField>(try await Submission(request, context).body)
        return .account(
            try await wallets.open(try body.currency(.currency), of: try context.person()))
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

    @Sendable private func pay(_ request: Request, _ context: APIContext) async throws -> Response {
        let submission = try await Submission(request, context)
        let body = try JSONObject<PayField>(submission.body)
        guard let handle = try body.optionalHandle(.to) else {
            _ = try body.required(.to)
            throw Problem.internalError
        }
        var risk = PaymentRequest.Context()
        if let json = body.value(.context) {
            risk = try PaymentRequest.Context(json, at: body.path(of: .context))
        }
        // Where a request comes from, and with which device, is not the client's to say.
        risk.device = context.caller.device.map { "\($0)" }
        risk.address = context.address.isEmpty ? nil : context.address
        let answer = try await wallets.pay(
            handle, try body.amount(.amount), from: try context.person(), context: risk,
            key: submission.key)
        return .transfer(answer, status: .created)
    }

    @Sendable private func payment(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try Query(request)
        return .transfer(
            try await wallets.payment(try context.transferID(), of: try context.person()))
    }

    @Sendable private func ask(_ request: Request, _ context: APIContext) async throws -> Response {
        _ = try JSONObject<NoField>(try await Submission(request, context).body)
        return .question(
            try await wallets.askPasskey(
                toConfirm: try context.transferID(), by: try context.person()))
    }

    @Sendable private func confirm(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let submission = try await Submission(request, context)
        let body = try JSONObject<ConfirmField>(submission.body)
        let proof: PaymentProof
        if let code = try body.optionalString(.code, maximumBytes: 64) {
            guard body.value(.challenge) == nil, body.value(.credential) == nil else {
                throw Problem.bad(
                    "conflicting_fields", "the fields code and credential exclude each other",
                    field: "credential")
            }
            proof = .factor(SecondFactor(code))
        } else {
            proof = .passkey(
                try body.passkeyQuestion(.challenge), try body.credential(.credential))
        }
        return .transfer(
            try await wallets.confirm(
                try context.transferID(), by: try context.person(), proof, key: submission.key))
    }
}

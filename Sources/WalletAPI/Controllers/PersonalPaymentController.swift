internal import EventLog
internal import Fees
internal import Hummingbird
internal import Identity
internal import Ledger
internal import People
internal import PersonalWallets
internal import Wallet

/// `/v1/me/payments`, `/v1/me/claims`, `/v1/me/exchanges`: what people do with their money.
struct PersonalPaymentController {
    let wallets: PersonalWallets

    var routes: APIRoutes {
        APIRoutes()
            .post(.person(.walletPay), "payments", use: pay)
            .post(.person(.walletRead), "payments/quote", use: quote)
            .get(.person(.walletRead), "payments/:id", use: payment)
            .post(.person(.walletPay), "payments/:id/confirm/options", use: ask)
            .post(.person(.walletPay), "payments/:id/confirm", use: confirm)
            .get(.person(.walletRead), "claims", use: claims)
            .post(.person(.walletPay), "claims/:id/accept", use: accept)
            .post(.person(.walletPay), "claims/:id/cancel", use: cancel)
            .post(.person(.walletPay), "exchanges/quotes", use: quoteExchange)
            .post(.person(.walletPay), "exchanges", use: exchange)
    }

    private enum PayField: String, CaseIterable { case to, link, amount, context }
    private enum QuoteField: String, CaseIterable { case amount, kind }
    private enum ConfirmField: String, CaseIterable { case code, challenge, credential }
    private enum OfferField: String, CaseIterable { case sell, buy, currency }
    private enum ExchangeField: String, CaseIterable { case quote }

    @Sendable private func pay(_ request: Request, _ context: APIContext) async throws -> Response {
        let submission = try await Submission(request, context)
        let body = try JSONObject<PayField>(submission.body)
        let risk = try context.risk(of: body.value(.context), at: body.path(of: .context))
        let paid: PersonalWallets.Paid
        if let secret = try body.optionalString(.link, maximumBytes: 256) {
            guard body.value(.to) == nil else {
                throw Problem.bad(
                    "conflicting_fields", "the fields to and link exclude each other",
                    field: "link")
            }
            paid = try await wallets.pay(
                link: secret, try body.optionalAmount(.amount), from: try context.person(),
                context: risk, key: submission.key)
        } else {
            paid = try await wallets.pay(
                try body.payee(.to), try body.amount(.amount), from: try context.person(),
                context: risk, key: submission.key)
        }
        return .paid(paid)
    }

    @Sendable private func quote(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<QuoteField>(try await Submission(request, context).body)
        let amount = try body.amount(.amount)
        var kind = PaymentKind.p2p
        if let word = try body.optionalString(.kind, maximumBytes: 32) {
            guard let known = PaymentKind(rawValue: word) else {
                throw Problem.bad(
                    "invalid_kind", "a kind of payment is a word such as p2p or request",
                    field: "kind")
            }
            kind = known
        }
        let price = try await wallets.price(kind, amount, from: try context.person())
        return .object { $0.price(price, of: amount) }
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

    // MARK: - Claims

    @Sendable private func claims(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try Query(request)
        let person = try context.person()
        let waiting = try await wallets.claims(for: person)
        let made = try await wallets.claims(paidBy: person)
        return .object { writer in
            writer.name("waiting")
            writer.array(waiting) { $0.claim($1) }
            writer.name("made")
            writer.array(made) { $0.claim($1) }
        }
    }

    @Sendable private func accept(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try JSONObject<NoField>(try await Submission(request, context).body)
        return .transfer(
            try await wallets.take(try context.identifier(), by: try context.person()))
    }

    @Sendable private func cancel(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try JSONObject<NoField>(try await Submission(request, context).body)
        let claim = try await wallets.cancel(try context.identifier(), by: try context.person())
        return .object { $0.claimMembers(claim) }
    }

    // MARK: - Exchange

    @Sendable private func quoteExchange(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<OfferField>(try await Submission(request, context).body)
        let (sell, buy) = (try body.optionalAmount(.sell), try body.optionalAmount(.buy))
        guard let fixed = sell ?? buy, sell == nil || buy == nil else {
            throw Problem.bad(
                sell == nil ? "missing_field" : "conflicting_fields",
                "one of the fields sell and buy is needed, and they exclude each other",
                field: sell == nil ? "sell" : "buy")
        }
        let quote = try await wallets.quote(
            sell == nil ? .buy : .sell, fixed, against: try body.currency(.currency),
            for: try context.person())
        return .object(status: .created) { $0.exchangeQuote(quote) }
    }

    @Sendable private func exchange(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let submission = try await Submission(request, context)
        let body = try JSONObject<ExchangeField>(submission.body)
        return .transfer(
            try await wallets.exchange(
                try body.quote(.quote), by: try context.person(), key: submission.key),
            status: .created)
    }
}

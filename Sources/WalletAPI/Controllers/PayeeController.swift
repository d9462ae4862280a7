internal import EventLog
internal import Hummingbird
internal import Identity
internal import People
internal import PersonalWallets
internal import QRCodes

/// `/v1/me/links`, `/v1/me/favourites`, `/v1/me/blocks`, `/v1/me/standing-payments`: whom people pay, and how they are paid.
struct PayeeController {
    let wallets: PersonalWallets
    /// The service's address: payment links begin with it.
    let issuer: String

    var routes: APIRoutes {
        APIRoutes()
            .get(.person(.walletRead), "links", use: links)
            .post(.person(.walletPay), "links", use: makeLink)
            .post(.person(.walletRead), "links/look", use: look)
            .delete(.person(.walletPay), "links/:id", use: endLink)
            .get(.person(.walletRead), "links/:id/qr", use: code)
            .get(.person(.walletRead), "favourites", use: favourites)
            .post(.person(.walletPay), "favourites", use: remember)
            .delete(.person(.walletPay), "favourites/:id", use: forget)
            .get(.person(.walletRead), "blocks", use: blocks)
            .post(.person(.walletPay), "blocks", use: block)
            .delete(.person(.walletPay), "blocks/:id", use: unblock)
            .get(.person(.walletRead), "standing-payments", use: standing)
            .post(.person(.walletPay), "standing-payments", use: order)
            .delete(.person(.walletPay), "standing-payments/:id", use: endStanding)
    }

    private enum LinkField: String, CaseIterable {
        case currency, amount, note
        case maximumUses = "maximum_uses"
        case expiresAt = "expires_at"
    }
    private enum LookField: String, CaseIterable { case link }
    private enum FavouriteField: String, CaseIterable { case payee, name }
    private enum BlockField: String, CaseIterable { case person }
    private enum OrderField: String, CaseIterable {
        case to, amount, every, occurrences
        case firstAt = "first_at"
    }

    // MARK: - Links

    @Sendable private func links(_ request: Request, _ context: APIContext) async throws -> Response
    {
        _ = try Query(request)
        let links = try await wallets.links(of: try context.person())
        return .object { writer in
            writer.name("links")
            writer.array(links) { $0.link($1, issuer) }
        }
    }

    @Sendable private func makeLink(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<LinkField>(try await Submission(request, context).body)
        let amount = try body.optionalAmount(.amount)
        var new: PersonalWallets.NewLink
        if let amount {
            guard body.value(.currency) == nil else {
                throw Problem.bad(
                    "conflicting_fields", "the fields amount and currency exclude each other",
                    field: "currency")
            }
            new = .init(currency: amount.currency, amountMinor: amount.minor)
        } else {
            new = .init(currency: try body.currency(.currency))
        }
        new.note = try body.optionalNote(.note)
        new.maximumUses = try body.optionalCount(.maximumUses)
        if new.maximumUses == 0 {
            throw Problem.bad(
                "wrong_type", "maximum_uses is a whole number from 1", field: "maximum_uses")
        }
        new.expiresAt = try body.optionalMoment(.expiresAt)
        let link = try await wallets.makeLink(new, of: try context.person())
        return .object(status: .created) { $0.linkMembers(link, issuer) }
    }

    @Sendable private func look(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let body = try JSONObject<LookField>(try await Submission(request, context).body)
        let link = try await wallets.link(try body.string(.link))
        return .object { $0.linkMembers(link, issuer) }
    }

    @Sendable private func endLink(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await wallets.endLink(try context.identifier(), of: try context.person())
        return Response(status: .noContent)
    }

    @Sendable private func code(_ request: Request, _ context: APIContext) async throws -> Response
    {
        _ = try Query(request)
        let id: PaymentLinkID = try context.identifier()
        guard
            let link = try await wallets.links(of: try context.person()).first(where: {
                $0.id == id
            }), let secret = link.secret, let code = QRCode("\(issuer)/pay/\(secret)")
        else {
            throw Problem(
                status: .notFound, code: "unknown_link", detail: "there is no such payment link")
        }
        return Response(
            status: .ok, headers: [.contentType: "image/svg+xml"],
            body: .init(byteBuffer: .init(string: code.svg)))
    }

    // MARK: - Favourites and blocks

    @Sendable private func favourites(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try Query(request)
        let favourites = try await wallets.favourites(of: try context.person())
        return .object { writer in
            writer.name("favourites")
            writer.array(favourites) { $0.favourite($1) }
        }
    }

    @Sendable private func remember(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        let body = try JSONObject<FavouriteField>(try await Submission(request, context).body)
        let favourite = try await wallets.remember(
            try body.payee(.payee), as: try body.displayName(.name), of: try context.person())
        return .object(status: .created) { $0.favouriteMembers(favourite) }
    }

    @Sendable private func forget(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await wallets.forget(try context.identifier(), of: try context.person())
        return Response(status: .noContent)
    }

    @Sendable private func blocks(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try Query(request)
        let blocked = try await wallets.blocked(by: try context.person())
        return .object { writer in
            writer.name("blocks")
            writer.array(blocked) { writer, item in
                writer.object { writer in
                    writer.name("person")
                    writer.card(item.card)
                    writer.member("since", item.since)
                }
            }
        }
    }

    @Sendable private func block(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let body = try JSONObject<BlockField>(try await Submission(request, context).body)
        try await wallets.block(try body.payee(.person), by: try context.person())
        return Response(status: .noContent)
    }

    @Sendable private func unblock(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await wallets.unblock(try context.identifier(), by: try context.person())
        return Response(status: .noContent)
    }

    // MARK: - Standing payments

    @Sendable private func standing(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        _ = try Query(request)
        let payments = try await wallets.standingPayments(of: try context.person())
        return .object { writer in
            writer.name("standing_payments")
            writer.array(payments) { $0.standing($1) }
        }
    }

    @Sendable private func order(_ request: Request, _ context: APIContext) async throws -> Response
    {
        let body = try JSONObject<OrderField>(try await Submission(request, context).body)
        let word = try body.string(.every)
        guard let every = Recurrence.allCases.first(where: { $0.word == word }) else {
            throw Problem.bad(
                "invalid_recurrence", "every is one of once, day, week and month", field: "every")
        }
        guard let firstAt = try body.optionalMoment(.firstAt) else {
            _ = try body.required(.firstAt)
            throw Problem.internalError
        }
        let occurrences = try body.optionalCount(.occurrences)
        if occurrences == 0 {
            throw Problem.bad(
                "wrong_type", "occurrences is a whole number from 1", field: "occurrences")
        }
        let ordered = try await wallets.order(
            try body.payee(.to), try body.amount(.amount), every: every, firstAt: firstAt,
            occurrences: occurrences, by: try context.person())
        return .object(status: .created) { $0.standingMembers(ordered) }
    }

    @Sendable private func endStanding(
        _ request: Request, _ context: APIContext
    ) async throws -> Response {
        try await wallets.endStanding(try context.identifier(), of: try context.person())
        return Response(status: .noContent)
    }
}

internal import EventLog
internal import Fees
internal import ForeignExchange
internal import Hummingbird
internal import Ledger
internal import People
internal import PersonalWallets
internal import Pricing
internal import Wallet

extension JSONWriter {
    mutating func member(_ name: StaticString, _ money: Money?) {
        member(name, minor: money?.minor, money?.currency.number ?? 0)
    }

    mutating func member(_ name: StaticString, _ moment: Timestamp?) {
        member(name, moment ?? .none)
    }

    /// A person as others see them.
    mutating func card(_ card: People.Card?) {
        guard let card else { return null() }
        object { writer in
            writer.member("id", card.id.uuid)
            writer.member("name", card.name)
            writer.member("handle", card.handle)
        }
    }

    mutating func pocket(_ pocket: PersonalWallets.Pocket) { object { $0.pocketMembers(pocket) } }

    mutating func pocketMembers(_ pocket: PersonalWallets.Pocket) {
        let account = pocket.account.account
        member("id", pocket.account.publicID.uuid)
        member("name", pocket.name)
        member("balance", minor: account.posted, account.currency)
        member("goal", pocket.goal)
        member("opened_at", pocket.account.openedAt)
    }

    /// What is left of a limit; null where there is no bound.
    mutating func remaining(_ limit: Wallet.RemainingLimit, _ currency: UInt16) {
        object { writer in
            writer.member("kind", limit.kind?.rawValue)
            writer.member("payment", minor: limit.limit.payment, currency)
            for (name, bound, spent) in [
                ("day", limit.limit.day, limit.spent.daySum),
                ("month", limit.limit.month, limit.spent.monthSum),
            ] as [(StaticString, Int64?, Int64)] {
                writer.name(name)
                writer.object { writer in
                    writer.member("limit", minor: bound, currency)
                    writer.member("spent", minor: spent, currency)
                    writer.member("remaining", minor: bound.map { max(0, $0 - spent) }, currency)
                }
            }
        }
    }

    /// What a payment costs.
    mutating func price(_ price: PaymentPrice, of amount: Money) {
        let nothing = Money(minor: 0, currency: amount.currency)
        member("amount", amount)
        member("fee", price.fee?.fee ?? nothing)
        member("payer_total", price.fee?.payerTotal ?? amount)
        member("payee_net", price.fee?.payeeNet ?? amount)
        member("schedule_version", price.fee?.scheduleVersion)
        guard case .rule(let rule)? = price.fee?.basis else {
            return member("rule", nil as String?)
        }
        member("rule", rule.rawValue)
    }

    mutating func claim(_ claim: PersonalWallets.Claim) { object { $0.claimMembers(claim) } }

    mutating func claimMembers(_ claim: PersonalWallets.Claim) {
        member("id", claim.id.uuid)
        member("payment", claim.payment)
        member("amount", claim.amount)
        member("to", claim.contact?.text)
        member("state", claim.state)
        member("created_at", claim.createdAt)
        member("expires_at", claim.expiresAt)
    }

    mutating func exchangeQuote(_ quote: FXQuote) {
        member("id", "\(quote.id)")
        member("sell", quote.sell)
        member("buy", quote.buy)
        member("fixed", quote.fixedSide.rawValue)
        member("mid_rate", quote.midRate.ratio.decimal(places: 12))
        member("rate", quote.appliedRate.decimal(places: 12))
        member("spread_parts_per_million", quote.spread.partsPerMillion)
        member("kept", quote.kept)
        member("rounding", quote.rounding.decimal(places: 12))
        member("expires_at", quote.expiresAt)
    }

    mutating func moneyRequest(_ request: PersonalWallets.MoneyRequest) {
        object { $0.moneyRequestMembers(request) }
    }

    mutating func moneyRequestMembers(_ request: PersonalWallets.MoneyRequest) {
        member("id", request.id.uuid)
        name("requester")
        card(request.requester)
        member("total", request.total)
        member("note", request.note)
        member("created_at", request.createdAt)
        member("expires_at", request.expiresAt)
        name("shares")
        array(request.shares) { writer, share in
            writer.object { writer in
                writer.member("number", Int64(share.number))
                writer.name("payer")
                writer.card(share.payer)
                writer.member("contact", share.contact?.text)
                writer.member("amount", share.amount)
                writer.member("state", share.state.word)
                writer.member("payment", share.payment ?? .none)
            }
        }
    }

    mutating func link(_ link: PersonalWallets.PaymentLink, _ issuer: String) {
        object { $0.linkMembers(link, issuer) }
    }

    mutating func linkMembers(_ link: PersonalWallets.PaymentLink, _ issuer: String) {
        member("id", link.id.uuid)
        member("url", link.secret.map { "\(issuer)/pay/\($0)" })
        name("payee")
        card(link.payee)
        member("currency", link.currency.code)
        member("amount", link.amount)
        member("note", link.note)
        member("uses", link.uses)
        member("maximum_uses", link.maximumUses)
        member("created_at", link.createdAt)
        member("expires_at", link.expiresAt)
        member("is_open", link.isOpen)
    }

    mutating func favourite(_ favourite: PersonalWallets.Favourite) {
        object { $0.favouriteMembers(favourite) }
    }

    mutating func favouriteMembers(_ favourite: PersonalWallets.Favourite) {
        member("id", favourite.id.uuid)
        name("payee")
        card(favourite.payee)
        member("name", favourite.name)
    }

    mutating func standing(_ payment: PersonalWallets.StandingPayment) {
        object { $0.standingMembers(payment) }
    }

    mutating func standingMembers(_ payment: PersonalWallets.StandingPayment) {
        member("id", payment.id.uuid)
        name("payee")
        card(payment.payee)
        member("amount", payment.amount)
        member("every", payment.every.word)
        member("first_at", payment.firstAt)
        member("occurrences", payment.occurrences)
        member("done", payment.done)
        member("due_at", payment.dueAt)
        member("last_error", payment.lastError)
        member("ended_at", payment.endedAt)
    }
}

extension Response {
    static func moneyRequest(_ request: PersonalWallets.MoneyRequest) -> Response {
        .object { $0.moneyRequestMembers(request) }
    }

    /// A payment that was made, and where the money waits if nobody has it yet.
    static func paid(_ paid: PersonalWallets.Paid) -> Response {
        .object(status: .created) { writer in
            writer.transferMembers(paid.answer)
            writer.name("claim")
            if let claim = paid.claim { writer.claim(claim) } else { writer.null() }
        }
    }
}

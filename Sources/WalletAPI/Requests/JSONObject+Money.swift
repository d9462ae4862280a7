internal import EventLog
internal import Ledger

/// `{"value": "12.50", "currency": "USD"}`
private enum AmountField: String, CaseIterable { case value, currency }

extension JSONObject {
    /// An amount greater than zero.
    func amount(_ name: Name) throws(Problem) -> Money {
        let amount = try optionalAmount(name)
        guard let amount else {
            _ = try required(name)
            throw .internalError
        }
        return amount
    }

    /// An amount greater than zero; nil if it is left out.
    func optionalAmount(_ name: Name) throws(Problem) -> Money? {
        guard let money = try amountOrZero(name) else { return nil }
        guard money.minor != 0 else {
            throw .bad(
                "zero_amount", "\(path(of: name)) must be greater than zero",
                field: path(of: name) + ".value")
        }
        return money
    }

    /// An amount of at least zero; nil if it is left out.
    func amountOrZero(_ name: Name) throws(Problem) -> Money? {
        guard let json = value(name) else { return nil }
        let path = path(of: name)
        let object = try JSONObject<AmountField>(json, at: path)
        let text = try object.string(.value, maximumBytes: 64)
        let currency = try object.currency(.currency)
        let money: Money
        do throws(Money.ParseError) { money = try Money(text, currency: currency) } catch {
            throw Self.problem(error, currency, path + ".value")
        }
        guard money.minor >= 0 else {
            throw .bad(
                "negative_amount", "\(path) must not be negative", field: path + ".value")
        }
        return money
    }

    /// A currency by its alphabetic code.
    func currency(_ name: Name) throws(Problem) -> Currency {
        let code = try string(name, maximumBytes: 16)
        guard let currency = Currency(code: code) else {
            throw .bad(
                "unknown_currency",
                "\(code) is not a known currency: ISO 4217 codes such as USD, BTC and ETH are",
                field: path(of: name))
        }
        return currency
    }

    private static func problem(
        _ error: Money.ParseError, _ currency: Currency, _ field: String
    ) -> Problem {
        switch error {
        case .malformed:
            .bad(
                "malformed_amount",
                "an amount is digits with at most one decimal point between them, such as 12.50",
                field: field)
        case .tooManyDecimals(let scale):
            .bad(
                "too_many_decimals", "\(currency.code) has at most \(scale) decimals", field: field)
        case .overflow:
            .bad(
                "amount_overflow",
                "an amount is at most \(Money(minor: .max, currency: currency).decimal) \(currency.code)",
                field: field)
        }
    }
}

extension JSONObject {
    /// An account's identifier.
    func account(_ name: Name) throws(Problem) -> PublicAccountID {
        PublicAccountID(uuid: try transfer(name))
    }

    /// A transfer's identifier.
    func transfer(_ name: Name) throws(Problem) -> TransferID {
        let text = try string(name)
        guard let id = TransferID(text) else { throw .invalidUUID(path(of: name)) }
        return id
    }
}

extension Problem {
    static func invalidUUID(_ field: String) -> Problem {
        .bad(
            "invalid_uuid",
            "\(field) must be a UUID, such as 0198c5a4-7d3e-7c1a-9b52-3f6d2e81a0c4", field: field)
    }
}

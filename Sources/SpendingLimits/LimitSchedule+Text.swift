internal import EventLog
internal import Fees
internal import Ledger

extension LimitSchedule {
    /// Largest text, in bytes.
    public static let maximumBytes = 64 * 1_024

    /// Reads lines of a tier, a kind, and the most in a payment, a UTC day and a UTC month; `-` is no limit, `all` all
    /// kinds together, `*` any tier that is not named.
    ///
    /// ```
    /// # Lines that are empty or begin with “#” are passed over.
    /// currency,EUR
    /// *,all,150.00,300.00,1000.00
    /// gold,all,5000.00,-,50000.00
    /// gold,withdrawal,-,1000.00,-
    /// ```
    public init(text: String) throws(LimitError) {
        guard text.utf8.count <= Self.maximumBytes else {
            throw LimitError(
                .tooLarge, "\(text.utf8.count) bytes: there are at most \(Self.maximumBytes)")
        }
        var currency: Currency?
        var limits: [Place: SpendingLimit] = [:]
        for (index, line) in text.split(separator: "\n", omittingEmptySubsequences: false)
            .enumerated()
        {
            let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                .map { String($0.trimmingSpaces) }
            if fields == [""] || fields[0].hasPrefix("#") { continue }
            let reader = Line(number: index + 1, fields: fields)
            if fields.count == 2, fields[0] == "currency" {
                guard currency == nil else {
                    throw reader.failure(.duplicate, "the currency is given twice")
                }
                currency = try reader.currency()
                continue
            }
            guard let currency else {
                throw reader.failure(
                    .missingCurrency, "the first line is the currency, as in currency,EUR")
            }
            let (place, limit) = try reader.limit(in: currency)
            guard limits.updateValue(limit, forKey: place) == nil else {
                throw reader.failure(
                    .duplicate, "the limits of \(fields[0]) on \(fields[1]) are given twice")
            }
        }
        guard let currency else {
            throw LimitError(.missingCurrency, "there is no currency, as in currency,EUR")
        }
        self.init(currency: currency, limits: limits)
    }
}

private struct Line {
    let number: Int
    let fields: [String]

    func failure(_ code: LimitError.Code, _ detail: String) -> LimitError {
        LimitError(code, detail, line: number)
    }

    func currency() throws(LimitError) -> Currency {
        guard let currency = Currency(code: fields[1]) else {
            throw failure(
                .unknownCurrency, "“\(fields[1])” is no currency: codes are such as EUR")
        }
        return currency
    }

    func limit(
        in currency: Currency
    ) throws(LimitError) -> (LimitSchedule.Place, SpendingLimit) {
        guard fields.count == 5 else {
            throw failure(
                .malformedLine,
                "a limit is a tier, a kind and three amounts, as in gold,all,150.00,300.00,-")
        }
        let place = LimitSchedule.Place(tier: try tier(), kind: try kind())
        return (
            place,
            SpendingLimit(
                payment: try amount(2, currency), day: try amount(3, currency),
                month: try amount(4, currency))
        )
    }

    private func tier() throws(LimitError) -> Tier? {
        if fields[0] == "*" { return nil }
        guard let tier = Tier(rawValue: fields[0]) else {
            throw failure(
                .malformedTier,
                "“\(fields[0])” is no tier: one is 1 to 32 small letters, digits, “_” and “-”, "
                    + "beginning with a letter, or * for any that is not named")
        }
        return tier
    }

    private func kind() throws(LimitError) -> SpendingKind? {
        if fields[1] == "all" { return nil }
        guard let kind = SpendingKind.allCases.first(where: { $0.word == fields[1] }) else {
            let known = SpendingKind.allCases.map(\.word).joined(separator: ", ")
            throw failure(.unknownKind, "“\(fields[1])” is no kind: there are all, \(known)")
        }
        return kind
    }

    private func amount(_ index: Int, _ currency: Currency) throws(LimitError) -> Int64? {
        if fields[index] == "-" { return nil }
        guard let money = try? Money(fields[index], currency: currency), money.minor >= 0 else {
            throw failure(
                .malformedAmount,
                "“\(fields[index])” is no amount of \(currency): one is as in 150.00, or - for no "
                    + "limit")
        }
        return money.minor
    }
}

extension Substring {
    fileprivate var trimmingSpaces: Substring {
        var text = self
        while let last = text.unicodeScalars.last, last == " " || last == "\r" { text.removeLast() }
        while text.first == " " { text.removeFirst() }
        return text
    }
}

internal import EventLog

/// The fields of the document.
private enum ScheduleField: String, CaseIterable {
    case version
    case validFrom = "valid_from"
    case rules
}

/// The fields of a rule.
private enum RuleField: String, CaseIterable {
    case id, kind, currency, tier, from, below, fixed
    case partsPerMillion = "parts_per_million"
    case minimum, maximum
    case paidBy = "paid_by"
    case payerPartsPerMillion = "payer_parts_per_million"
}

extension FeeSchedule {
    /// Largest document, in bytes.
    public static let maximumBytes = 1 << 20

    /// Reads a schedule:
    ///
    /// ```json
    /// {
    ///   "version": 3, "valid_from": "2026-07-01T00:00:00Z",
    ///   "rules": [
    ///     {
    ///       "id": "merchant-usd", "kind": "merchant", "currency": "USD",
    ///       "from": "10.00", "below": "500.00", "fixed": "0.30", "parts_per_million": 29000,
    ///       "minimum": "0.50", "maximum": "12.00", "paid_by": "payee"
    ///     },
    ///     {
    ///       "id": "exchange-gold", "kind": "exchange", "tier": "gold", "parts_per_million": 2500,
    ///       "paid_by": "split", "payer_parts_per_million": 500000
    ///     }
    ///   ]
    /// }
    /// ```
    ///
    /// Of a rule, `id` and `paid_by` (`payer`, `payee` or `split`) must be there, and
    /// `payer_parts_per_million` for a split and only for it. `from` is part of the range, `below`
    /// is not. Amounts are decimals in strings, in the rule's currency. There is no null: a field
    /// that does not matter is left out. Errors are those of ``init(version:validFrom:rules:)`` and
    /// ``FeeRule/init(id:scope:terms:bearer:)`` and those of the text, with the path and the place
    /// of the field.
    public init(json bytes: [UInt8]) throws(FeeError) {
        guard bytes.count <= Self.maximumBytes else {
            throw FeeError(
                .tooLarge,
                "\(bytes.count) bytes: a schedule has at most \(Self.maximumBytes)")
        }
        let fields = try JSONFields(JSONReader.read(bytes), at: "", ScheduleField.self)
        let version = try fields.integer(.version, "a whole number, from 1")
        let time = try fields.string(.validFrom, "a moment as a string")
        guard let validFrom = Timestamp(rfc3339: time) else {
            throw fields.failure(
                .outOfRange, .validFrom,
                "“\(time)” is no moment: one is written as in 2026-07-01T00:00:00Z")
        }
        let nodes = try fields.array(.rules, "an array of rules")
        var rules: [FeeRule] = []
        for (path, node) in nodes { rules.append(try Self.rule(node, at: path)) }
        do throws(FeeError) {
            try self.init(version: version, validFrom: validFrom, rules: rules)
        } catch {
            throw error.inText { path in
                nodes.first { path == $0.path || path.hasPrefix($0.path + ".") }?.node.place
                    ?? ScheduleField(rawValue: path).flatMap { fields.node($0)?.place }
            }
        }
    }

    private static func rule(_ node: JSONNode, at path: String) throws(FeeError) -> FeeRule {
        let fields = try JSONFields(node, at: path, RuleField.self)
        guard let id = try fields.optionalWord(.id, FeeRuleID.self) else {
            throw fields.failure(.missingField, .id, "the field is missing: each rule has a name")
        }
        let currency = try currency(fields)
        let scope = FeeScope(
            kind: try fields.optionalWord(.kind, PaymentKind.self), currency: currency,
            tier: try fields.optionalWord(.tier, Tier.self),
            fromMinor: try fields.optionalAmountMinor(.from, currency) ?? 0,
            belowMinor: try fields.optionalAmountMinor(.below, currency))
        let parts = try fields.optionalInteger(
            .partsPerMillion, "a whole number from 0 to 1000000")
        let terms = FeeTerms(
            fixedMinor: try fields.optionalAmountMinor(.fixed, currency) ?? 0,
            partsPerMillion: parts ?? 0,
            minimumMinor: try fields.optionalAmountMinor(.minimum, currency) ?? 0,
            maximumMinor: try fields.optionalAmountMinor(.maximum, currency))
        let bearer = try bearer(fields)
        do throws(FeeError) {
            return try FeeRule(id: id, scope: scope, terms: terms, bearer: bearer)
        } catch {
            throw fields.placed(error)
        }
    }

    private static func currency(_ fields: JSONFields<RuleField>) throws(FeeError) -> Currency? {
        guard let code = try fields.optionalString(.currency, "a currency's code") else {
            return nil
        }
        guard let currency = Currency(code: code) else {
            throw fields.failure(
                .unknownCurrency, .currency,
                "“\(code)” is no currency that is known: codes are three capitals, such as USD")
        }
        return currency
    }

    private static func bearer(_ fields: JSONFields<RuleField>) throws(FeeError) -> FeeBearer {
        let word = try fields.string(.paidBy, "“payer”, “payee” or “split”")
        let share = try fields.optionalInteger(
            .payerPartsPerMillion, "a whole number from 1 to 999999")
        switch word {
        case "payer", "payee":
            guard share == nil else {
                throw fields.failure(
                    .misplacedShare, .payerPartsPerMillion,
                    "a share is only for a split: the fee is paid by the \(word) alone")
            }
            return word == "payer" ? .payer : .payee
        case "split":
            guard let share else {
                throw fields.failure(
                    .misplacedShare, .payerPartsPerMillion,
                    "a split needs the payer's share of the fee, from 1 to 999999 parts per million"
                )
            }
            return .split(payerPartsPerMillion: share)
        default:
            throw fields.failure(
                .malformedWord, .paidBy, "“\(word)” pays nothing: say payer, payee or split")
        }
    }
}

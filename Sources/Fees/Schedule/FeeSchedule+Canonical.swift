internal import EventLog

extension FeeSchedule {
    /// The one text of a schedule's meaning: a document that reads back to the same schedule, with
    /// fields in a fixed order, rules by name, full decimals, no white space, and nothing that says
    /// what is so anyway. Two documents that differ only in the order of fields or rules, in white
    /// space or in defaults spelled out have the same one.
    public var canonicalText: String {
        Self.canonicalText(version: version, validFrom: validFrom, rules: rules)
    }

    static func canonicalText(version: Int64, validFrom: Timestamp, rules: [FeeRule]) -> String {
        let rules = rules.sorted { $0.id < $1.id }.map(Self.canonicalText(of:))
        return "{\"version\":\(version),\"valid_from\":\"\(validFrom.rfc3339())\",\"rules\":["
            + rules.joined(separator: ",") + "]}"
    }

    /// Words, codes and decimals have no characters that JSON would escape.
    private static func canonicalText(of rule: FeeRule) -> String {
        let (scope, terms) = (rule.scope, rule.terms)
        var fields = ["\"id\":\"\(rule.id)\""]
        func add(_ name: String, _ text: String?) {
            if let text { fields.append("\"\(name)\":\"\(text)\"") }
        }
        func add(_ name: String, minor: Int64?) {
            guard let minor, let currency = scope.currency else { return }
            add(name, Money(minor: minor, currency: currency).decimal)
        }
        add("kind", scope.kind?.rawValue)
        add("currency", scope.currency?.code)
        add("tier", scope.tier?.rawValue)
        add("from", minor: scope.fromMinor == 0 ? nil : scope.fromMinor)
        add("below", minor: scope.belowMinor)
        add("fixed", minor: terms.fixedMinor == 0 ? nil : terms.fixedMinor)
        if terms.partsPerMillion != 0 {
            fields.append("\"parts_per_million\":\(terms.partsPerMillion)")
        }
        add("minimum", minor: terms.minimumMinor == 0 ? nil : terms.minimumMinor)
        add("maximum", minor: terms.maximumMinor)
        switch rule.bearer {
        case .payer: add("paid_by", "payer")
        case .payee: add("paid_by", "payee")
        case .split(let parts):
            add("paid_by", "split")
            fields.append("\"payer_parts_per_million\":\(parts)")
        }
        return "{" + fields.joined(separator: ",") + "}"
    }
}

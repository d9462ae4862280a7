internal import EventLog

extension RateTable {
    /// Reads a table of lines, in any order:
    ///
    /// ```
    /// # Lines that are empty or begin with “#” are passed over.
    /// source,European Central Bank
    /// observed_at,2026-07-01T14:15:00Z
    /// maximum_age_seconds,90000
    /// pivot,EUR
    /// EUR,USD,1.0853
    /// EUR,JPY,169.12
    /// ```
    ///
    /// A line of two fields is a setting, of which only `pivot` may be left out; a line of three is
    /// a base currency, a quote currency, and how many units of the quote currency one of the base
    /// currency is. Errors have their line.
    public init(text: String) throws(FXError) {
        var settings = Settings()
        var rates: [CurrencyPair: Rate] = [:]
        for line in try TextLine.all(of: text) {
            switch line.fields.count {
            case 2: try settings.read(line)
            case 3: try Self.read(line, into: &rates)
            default:
                throw line.failure(
                    .malformedLine,
                    "a line is a setting, as in source,European Central Bank, or a rate, as in "
                        + "EUR,USD,1.0853")
            }
        }
        try self.init(
            source: settings.source.required("source"),
            observedAt: settings.observedAt.required("observed_at"),
            maximumAgeSeconds: settings.maximumAgeSeconds.required("maximum_age_seconds"),
            pivot: settings.pivot, rates: rates)
    }

    private static func read(
        _ line: TextLine, into rates: inout [CurrencyPair: Rate]
    ) throws(FXError) {
        let pair = try line.pair()
        guard rates[pair] == nil, rates[pair.inverse] == nil else {
            throw line.failure(
                .duplicatePair, "\(pair) has a rate already; the inverse of one is derived")
        }
        do throws(FXError) { rates[pair] = try Rate(line.fields[2]) } catch {
            throw error.at(line: line.number)
        }
    }

    /// The one text of a table's meaning: settings in a fixed order, then rates by their codes,
    /// each in its shortest form. It reads back to the same table.
    public var canonicalText: String {
        Self.canonicalText(source, observedAt, maximumAgeSeconds, pivot, rates)
    }

    static func canonicalText(
        _ source: String, _ observedAt: Timestamp, _ maximumAgeSeconds: Int64, _ pivot: Currency?,
        _ rates: [CurrencyPair: Rate]
    ) -> String {
        var lines = [
            "source,\(source)", "observed_at,\(observedAt.rfc3339())",
            "maximum_age_seconds,\(maximumAgeSeconds)",
        ]
        if let pivot { lines.append("pivot,\(pivot)") }
        lines += rates.map { "\($0.key.base),\($0.key.quote),\($0.value)" }.sorted()
        return lines.joined(separator: "\n") + "\n"
    }
}

/// What is not a rate.
private struct Settings {
    var source: String?
    var observedAt: Timestamp?
    var maximumAgeSeconds: Int64?
    var pivot: Currency?

    mutating func read(_ line: TextLine) throws(FXError) {
        let (name, value) = (line.fields[0], line.fields[1])
        switch name {
        case "source": try set(\.source, value, line)
        case "observed_at":
            guard let moment = Timestamp(rfc3339: value) else {
                throw line.failure(
                    .outOfRange,
                    "“\(value)” is no moment: one is written as in 2026-07-01T14:15:00Z")
            }
            try set(\.observedAt, moment, line)
        case "maximum_age_seconds": try set(\.maximumAgeSeconds, line.integer(value), line)
        case "pivot": try set(\.pivot, line.currency(value), line)
        default:
            throw line.failure(
                .unknownSetting,
                "there is no setting \(name): there are source, observed_at, "
                    + "maximum_age_seconds and pivot")
        }
    }

    private mutating func set<Value>(
        _ setting: WritableKeyPath<Settings, Value?>, _ value: Value, _ line: TextLine
    ) throws(FXError) {
        guard self[keyPath: setting] == nil else {
            throw line.failure(.duplicateSetting, "\(line.fields[0]) is given twice")
        }
        self[keyPath: setting] = value
    }
}

extension Optional {
    /// The setting, which must be there.
    fileprivate func required(_ name: String) throws(FXError) -> Wrapped {
        guard let self else {
            throw FXError(.missingSetting, "there is no line with the setting \(name)")
        }
        return self
    }
}

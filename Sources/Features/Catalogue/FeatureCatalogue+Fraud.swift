extension FeatureCatalogue {
    private static let compromised =
        "A compromised terminal, merchant or device stays so for weeks: what was confirmed there tells "
        + "of what comes next."
    private static let rates =
        "A rate needs the genuine payments, too: one fraud among ten is not one among ten thousand."

    private static func entry(
        _ feature: Feature, _ name: String, unit: String = "1", source: String,
        window: String = "", _ code: String, _ definition: String, _ sentence: String,
        use: String = compromised
    ) -> Entry {
        (
            feature,
            FeatureDefinition(
                name, .fraud, unit: unit, window: window, source: source, code: code,
                definition: definition, sentence: sentence, use: use)
        )
    }

    private static func rate(
        _ feature: Feature, _ entity: String, _ window: Window, _ code: String, _ whose: String
    ) -> Entry {
        entry(
            feature, "\(entity).fraud.rate.\(window.label)", source: entity,
            window: "\(window.label) before the label delay",
            "\(code)_FRAUD_RATE_\(window.label.uppercased())",
            "(F + 4·p) ÷ (N + 4): of the N attempts \(whose) that reached the age of the label delay within "
                + "\(window.label), F are known to be fraud by now; p = (F + 1) ÷ (N + 200) of all "
                + "attempts that did so within 30 days.",
            "\(whose.capitalizedFirst): {value} of what has matured within \(window.label) was fraud",
            use: rates)
    }

    private static func known(
        _ feature: Feature, _ entity: String, _ code: String, _ whose: String
    ) -> Entry {
        entry(
            feature, "\(entity).fraud.known", source: entity, "\(code)_FRAUD_KNOWN",
            "Attempts \(whose) that are known to be fraud by now, as long as it is remembered; labels that "
                + "come later than 30 days and the label delay do not count.",
            "\(whose.capitalizedFirst): {value} frauds are known")
    }

    private static func since(
        _ feature: Feature, _ entity: String, _ code: String, _ whose: String
    ) -> Entry {
        entry(
            feature, "\(entity).fraud.since", unit: "d", source: entity, "\(code)_FRAUD_SINCE",
            "Days since the latest attempt \(whose) that is known to be fraud; missing if none is.",
            "\(whose.capitalizedFirst): the last known fraud was {value} days ago")
    }

    private static func last(
        _ feature: Feature, _ count: Int
    ) -> Entry {
        entry(
            feature, "payee.fraud.last.\(count)", source: "payee", "PAYEE_FRAUD_LAST_\(count)",
            "Share of the payee's last \(count) attempts that reached the age of the label delay which were "
                + "known to be fraud when they did; those before the payee's first known fraud count as "
                + "genuine.",
            "{value} of the payee's last \(count) judged payments were fraud (1 = all)")
    }

    private static func three(
        _ features: (Feature, Feature, Feature), _ entity: String, _ whose: String
    ) -> [Entry] {
        let code = entity.uppercased()
        return [
            known(features.0, entity, code, whose),
            rate(features.1, entity, .month, code, whose),
            since(features.2, entity, code, whose),
        ]
    }

    private static let payeeFraud: [Entry] = [
        known(.payeeFraudKnown, "payee", "PAYEE", "to pay the payee"),
        entry(
            .payeeFraudRecent, "payee.fraud.count.30d", source: "payee",
            window: Window.month.label, "PAYEE_FRAUD_30D",
            "Of the attempts to pay the payee in the last 30 days, those known to be fraud by now.",
            "{value} of the payee's payments in 30 days are known to be fraud"),
        rate(.payeeFraudRateDay, "payee", .day, "PAYEE", "to pay the payee"),
        rate(.payeeFraudRateWeek, "payee", .week, "PAYEE", "to pay the payee"),
        rate(.payeeFraudRateMonth, "payee", .month, "PAYEE", "to pay the payee"),
        since(.payeeFraudSince, "payee", "PAYEE", "to pay the payee"),
        entry(
            .payeeFraudGenuine, "payee.fraud.genuine_since", source: "payee",
            "PAYEE_GENUINE_SINCE",
            "Attempts to pay the payee that reached the age of the label delay without being known as "
                + "fraud, since a fraud last became known or reached it; missing if none is known.",
            "{value} genuine payments to the payee since its last known fraud"),
        last(.payeeFraudLastOne, 1),
        last(.payeeFraudLastThree, 3),
        last(.payeeFraudLastFive, 5),
        last(.payeeFraudLastTen, 10),
    ]

    static let fraud: [Entry] =
        payeeFraud
        + three(
            (.deviceFraudKnown, .deviceFraudRate, .deviceFraudSince), "device",
            "from the device")
        + three(
            (.addressFraudKnown, .addressFraudRate, .addressFraudSince), "address",
            "from the network address")
        + three(
            (.placeFraudKnown, .placeFraudRate, .placeFraudSince), "cell", "at the place")
        + three(
            (.payerFraudKnown, .payerFraudRate, .payerFraudSince), "payer", "of the payer")
}

extension String {
    /// With a capital first letter.
    fileprivate var capitalizedFirst: String { prefix(1).uppercased() + dropFirst() }
}

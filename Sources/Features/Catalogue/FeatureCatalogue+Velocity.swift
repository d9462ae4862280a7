extension FeatureCatalogue {
    private static let bursts =
        "A thief spends what he can before he is noticed; card testers try many small payments."
    private static let spread =
        "Takeovers and mules pay many different payees, or from many devices, in a short time."

    private static func attempts(
        _ feature: Feature, _ window: Window, _ code: String, _ span: String
    ) -> Entry {
        (
            feature,
            FeatureDefinition(
                "payer.count.\(window.label)", .velocity, window: window.label, source: "payer",
                code: code,
                definition: "Payments and authorizations that the payer attempted in \(span), "
                    + "this one included.",
                sentence: "{value} payments in \(span)", use: bursts)
        )
    }

    private static func spent(
        _ feature: Feature, _ window: Window, _ code: String, _ span: String
    ) -> Entry {
        (
            feature,
            FeatureDefinition(
                "payer.sum.\(window.label)", .velocity, unit: "major units",
                window: window.label, source: "payer", code: code,
                definition: "Sum of the amounts that the payer attempted in \(span), "
                    + "this one included, in the account's currency; missing once currencies are mixed.",
                sentence: "{value} attempted in \(span)", use: bursts)
        )
    }

    private static func mean(
        _ feature: Feature, _ window: Window, _ code: String, _ span: String
    ) -> Entry {
        (
            feature,
            FeatureDefinition(
                "payer.mean.\(window.label)", .velocity, unit: "major units",
                window: window.label, source: "payer", code: code,
                definition: "Mean of the amounts that the payer attempted in \(span), "
                    + "this one included; missing once currencies are mixed.",
                sentence: "{value} on average in \(span)",
                use: "Amounts that have grown, whatever their number.")
        )
    }

    private static func payees(
        _ feature: Feature, _ window: Window, _ code: String, _ span: String
    ) -> Entry {
        (
            feature,
            FeatureDefinition(
                "payer.payees.\(window.label)", .velocity, window: window.label, source: "payer",
                code: code,
                definition: "Different payees among the payer's attempts in \(span), "
                    + "this one included.",
                sentence: "{value} different payees in \(span)", use: spread)
        )
    }

    private static func voided(
        _ feature: Feature, _ window: Window, _ code: String, _ span: String
    ) -> Entry {
        (
            feature,
            FeatureDefinition(
                "payer.voided.\(window.label)", .velocity, window: window.label,
                source: "payer", code: code,
                definition: "Earlier attempts of the payer in \(span) that came to nothing by now: "
                    + "declined, given back or expired before any money moved.",
                sentence: "{value} payments came to nothing in \(span)",
                use: "Card testing, and thieves who try again what was declined.")
        )
    }

    private static func pairCount(
        _ feature: Feature, _ window: Window, _ code: String, _ span: String, _ bound: String = ""
    ) -> Entry {
        (
            feature,
            FeatureDefinition(
                "pair.count.\(window.label)", .velocity, window: window.label,
                source: "payer, payee", code: code,
                definition: "Attempts of the payer to pay this payee in \(span), "
                    + "this one included\(bound).",
                sentence: "{value} payments to this payee in \(span)",
                use: "Repeated payments to one payee: draining in parts, testing at one shop.")
        )
    }

    static let velocity: [Entry] = [
        attempts(.payerCountMinute, .minute, "VELOCITY_1MIN", "the last minute"),
        attempts(.payerCountTenMinutes, .tenMinutes, "VELOCITY_10MIN", "the last ten minutes"),
        attempts(.payerCountHour, .hour, "VELOCITY_1H", "the last hour"),
        attempts(.payerCountDay, .day, "VELOCITY_24H", "the last 24 hours"),
        attempts(.payerCountWeek, .week, "VELOCITY_7D", "the last 7 days"),
        attempts(.payerCountMonth, .month, "VELOCITY_30D", "the last 30 days"),
        spent(.payerSumHour, .hour, "SPEND_1H", "the last hour"),
        spent(.payerSumDay, .day, "SPEND_24H", "the last 24 hours"),
        spent(.payerSumWeek, .week, "SPEND_7D", "the last 7 days"),
        spent(.payerSumMonth, .month, "SPEND_30D", "the last 30 days"),
        mean(.payerMeanDay, .day, "MEAN_24H", "the last 24 hours"),
        mean(.payerMeanMonth, .month, "MEAN_30D", "the last 30 days"),
        payees(.payerPayeesHour, .hour, "PAYEES_1H", "the last hour"),
        payees(.payerPayeesDay, .day, "PAYEES_24H", "the last 24 hours"),
        payees(.payerPayeesMonth, .month, "PAYEES_30D", "the last 30 days"),
        (
            .payerDevicesMonth,
            FeatureDefinition(
                "payer.devices.30d", .velocity, window: Window.month.label, source: "payer",
                code: "DEVICES_30D",
                definition: "Different devices among the payer's attempts in the last 30 days, "
                    + "this one included.",
                sentence: "{value} different devices in the last 30 days", use: spread)
        ),
        (
            .payerPlacesMonth,
            FeatureDefinition(
                "payer.places.30d", .velocity, window: Window.month.label, source: "payer",
                code: "PLACES_30D",
                definition:
                    "Different cells of a hundredth of a degree among the places of the payer's "
                    + "attempts in the last 30 days, this one included; a cell that is no longer "
                    + "among the sixteen remembered counts again.",
                sentence: "{value} different places in the last 30 days", use: spread)
        ),
        (
            .payerIdle,
            FeatureDefinition(
                "payer.idle", .velocity, unit: "s", source: "payer", code: "PAYER_IDLE",
                definition: "Seconds since the payer's previous attempt; missing at the first.",
                sentence: "{value} seconds since the previous payment",
                use: "Payments in quick succession, and accounts that wake.")
        ),
        (
            .payerBurstHour,
            FeatureDefinition(
                "payer.burst.1h", .velocity, window: "1h, 24h", source: "payer",
                code: "BURST_1H",
                definition:
                    "24 · payer.count.1h ÷ payer.count.24h: 1 for an even day, 24 if all was "
                    + "in the last hour.",
                sentence: "{value} times the day's pace in the last hour", use: bursts)
        ),
        (
            .payerBurstDay,
            FeatureDefinition(
                "payer.burst.24h", .velocity, window: "24h, 30d", source: "payer",
                code: "BURST_24H",
                definition:
                    "30 · payer.count.24h ÷ payer.count.30d: 1 for an even month, 30 if all "
                    + "was in the last day.",
                sentence: "{value} times the month's pace in the last 24 hours", use: bursts)
        ),
        voided(.payerVoidedHour, .hour, "VOIDED_1H", "the last hour"),
        voided(.payerVoidedDay, .day, "VOIDED_24H", "the last 24 hours"),
        pairCount(.pairCountHour, .hour, "PAIR_VELOCITY_1H", "the last hour"),
        pairCount(.pairCountDay, .day, "PAIR_VELOCITY_24H", "the last 24 hours"),
        pairCount(
            .pairCountMonth, .month, "PAIR_VELOCITY_30D", "the last 30 days", ", at most 16,383"),
        (
            .pairSumDay,
            FeatureDefinition(
                "pair.sum.24h", .velocity, unit: "major units", window: Window.day.label,
                source: "payer, payee", code: "PAIR_SPEND_24H",
                definition:
                    "Sum of those of the last 24 hours, in the payer's currency; missing once "
                    + "currencies are mixed.",
                sentence: "{value} attempted to this payee in the last 24 hours",
                use: "Draining in parts that stay below a limit.")
        ),
        (
            .pairIdle,
            FeatureDefinition(
                "pair.idle", .velocity, unit: "s", source: "payer, payee", code: "PAIR_IDLE",
                definition:
                    "Seconds since the payer's previous attempt to pay this payee; missing if "
                    + "there was none in 30 days and the label delay.",
                sentence: "{value} seconds since the previous payment to this payee",
                use: "Doubled payments, and regular ones that are harmless.")
        ),
    ]
}

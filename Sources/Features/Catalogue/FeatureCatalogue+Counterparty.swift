extension FeatureCatalogue {
    private static let crowds =
        "Collecting accounts of mules, and merchants that are being abused, are paid unusually often."
    private static let mules =
        "A mule's account is young, its payers are many and have not paid it before."

    private static func count(
        _ feature: Feature, _ window: Window, _ code: String, _ span: String
    ) -> Entry {
        (
            feature,
            FeatureDefinition(
                "payee.count.\(window.label)", .counterparty, window: window.label,
                source: "payee", code: code,
                definition: "Attempts to pay the payee in \(span), this one included.",
                sentence: "{value} payments to the payee in \(span)", use: crowds)
        )
    }

    private static func payers(
        _ feature: Feature, _ window: Window, _ code: String, _ span: String
    ) -> Entry {
        (
            feature,
            FeatureDefinition(
                "payee.payers.\(window.label)", .counterparty, window: window.label,
                source: "payee", code: code,
                definition:
                    "Different payers among the attempts to pay the payee in \(span), this one "
                    + "included.",
                sentence: "{value} different payers to the payee in \(span)", use: mules)
        )
    }

    private static func fresh(
        _ feature: Feature, _ window: Window, _ code: String, _ span: String
    ) -> Entry {
        (
            feature,
            FeatureDefinition(
                "payee.new_share.\(window.label)", .counterparty, window: window.label,
                source: "payee", code: code,
                definition:
                    "Of the different payers of \(span), this one included, the share whose first "
                    + "remembered attempt to pay the payee was in it.",
                sentence: "{value} of the payee's payers in \(span) are new", use: mules)
        )
    }

    static let counterparty: [Entry] = [
        count(.payeeCountHour, .hour, "PAYEE_VELOCITY_1H", "the last hour"),
        count(.payeeCountDay, .day, "PAYEE_VELOCITY_24H", "the last 24 hours"),
        count(.payeeCountWeek, .week, "PAYEE_VELOCITY_7D", "the last 7 days"),
        count(.payeeCountMonth, .month, "PAYEE_VELOCITY_30D", "the last 30 days"),
        (
            .payeeSumDay,
            FeatureDefinition(
                "payee.sum.24h", .counterparty, unit: "major units", window: Window.day.label,
                source: "payee", code: "PAYEE_SUM_24H",
                definition:
                    "Sum of the amounts of the attempts to pay the payee in the last 24 hours, "
                    + "this one included; missing once currencies are mixed.",
                sentence: "{value} to the payee in the last 24 hours", use: crowds)
        ),
        (
            .payeeMeanMonth,
            FeatureDefinition(
                "payee.mean.30d", .counterparty, unit: "major units",
                window: Window.month.label, source: "payee", code: "PAYEE_MEAN_30D",
                definition:
                    "Mean of the amounts of the attempts to pay the payee in the last 30 days, "
                    + "this one included; missing once currencies are mixed.",
                sentence: "{value} to the payee on average",
                use: "What the payee usually sells for: dear goods are stolen first.")
        ),
        payers(.payeePayersDay, .day, "PAYEE_PAYERS_24H", "the last 24 hours"),
        payers(.payeePayersMonth, .month, "PAYEE_PAYERS_30D", "the last 30 days"),
        fresh(.payeeNewDay, .day, "PAYEE_NEW_PAYERS_24H", "the last 24 hours"),
        fresh(.payeeNewMonth, .month, "PAYEE_NEW_PAYERS_30D", "the last 30 days"),
        (
            .payeeBurst,
            FeatureDefinition(
                "payee.burst.24h", .counterparty, window: "24h, 30d", source: "payee",
                code: "PAYEE_BURST_24H",
                definition: "30 · payee.count.24h ÷ payee.count.30d.",
                sentence: "The payee is paid at {value} times the month's pace", use: crowds)
        ),
        (
            .payeeIdle,
            FeatureDefinition(
                "payee.idle", .counterparty, unit: "s", source: "payee", code: "PAYEE_IDLE",
                definition:
                    "Seconds since the previous attempt of anybody to pay the payee; missing at "
                    + "the first that is remembered.",
                sentence: "{value} seconds since the payee was last paid",
                use: "Payees that wake, and those that are paid in quick succession.")
        ),
        (
            .payeeAge,
            FeatureDefinition(
                "payee.age", .counterparty, unit: "d", source: "payee", code: "PAYEE_AGE",
                definition:
                    "Days since the first attempt to pay the payee that is remembered; 0 at the "
                    + "first.",
                sentence: "The payee has been paid for {value} days", use: mules)
        ),
        (
            .payeeVoidedDay,
            FeatureDefinition(
                "payee.voided.24h", .counterparty, window: Window.day.label, source: "payee",
                code: "PAYEE_VOIDED_24H",
                definition:
                    "Earlier attempts to pay the payee in the last 24 hours that came to nothing by "
                    + "now.",
                sentence: "{value} payments to the payee came to nothing in the last 24 hours",
                use: "Merchants where cards are tested.")
        ),
        (
            .payeeFirst,
            FeatureDefinition(
                "payee.first", .counterparty, unit: "0|1", source: "payer, payee",
                code: "FIRST_PAYEE",
                definition: "1 unless a payment of the payer to the payee was posted before.",
                sentence: "The payer has not paid this payee before",
                use: "Fraud goes to payees whom the victim never paid.")
        ),
        (
            .pairAge,
            FeatureDefinition(
                "pair.age", .counterparty, unit: "d", source: "payer, payee", code: "PAIR_AGE",
                definition:
                    "Days of the calendar (UTC) since the payer's first attempt to pay the payee "
                    + "that is remembered; 0 at the first.",
                sentence: "The payer has known the payee for {value} days",
                use: "Old relations are trusted; fraud rarely pays an old friend.")
        ),
        (
            .payeeCircular,
            FeatureDefinition(
                "pair.circular", .counterparty, unit: "0|1", window: Window.month.label,
                source: "payer, payee", code: "CIRCULAR",
                definition: "1 if the payee attempted to pay the payer within the last 30 days.",
                sentence: "The payee paid the payer within the last 30 days",
                use: "Money that goes in circles: laundering, and friends who share bills.")
        ),
    ]
}

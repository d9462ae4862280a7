extension FeatureCatalogue {
    private static let unusual =
        "A thief does not know what the victim usually pays; own history tells better than any limit."
    private static let shape =
        "People ask for round sums, and stay just below the sums that they know to be looked at."

    private static func entry(
        _ feature: Feature, _ name: String, unit: String = "1", source: String = "payer",
        window: String = "", _ code: String, _ definition: String, _ sentence: String,
        use: String, version: Int = 1
    ) -> Entry {
        (
            feature,
            FeatureDefinition(
                name, .amount, unit: unit, window: window, source: source, code: code,
                definition: definition, sentence: sentence, use: use, version: version)
        )
    }

    private static func outliers(
        _ feature: Feature, _ label: String, _ code: String, _ span: String
    ) -> Entry {
        entry(
            feature, "amount.outliers.\(label)", window: label, code,
            "Earlier attempts of the payer in \(span) whose amount.deviation was 3 or more, once three "
                + "payments were posted.",
            "{value} unusually large amounts in \(span)",
            use: "A stolen card is used for days: one large amount is chance, several are not.")
    }

    static let amount: [Entry] = [
        entry(
            .amountLogarithm, "amount.log", unit: "ln(1 + major units)", source: "event",
            "AMOUNT_LARGE",
            "ln(1 + amount in major units); missing in an unknown currency.",
            "The amount is unusual (logarithm {value})",
            use: "Large payments are worth stealing, very small ones are tests."),
        entry(
            .amountScore, "amount.zscore", unit: "standard deviations", "AMOUNT_UNUSUAL",
            "amount.log against mean and deviation of the payer's posted payments, "
                + "the variance shrunk towards 0.25 as by 4 earlier "
                + "ones; missing before 2 are posted or once currencies are mixed.",
            "{value} standard deviations above the payer's usual amount", use: unusual),
        entry(
            .amountDeviation, "amount.deviation", unit: "standard deviations",
            "AMOUNT_DEVIATION",
            "Amount in major units against mean and deviation of the payer's posted payments; the "
                + "mean shrunk towards that of all payers in the currency as by 2 payments, the deviation "
                + "towards half the mean as by 4. Posted amounts more than 3 deviations above the mean "
                + "count as if they were 3 above. Missing before 1 is posted or once currencies are "
                + "mixed.",
            "{value} deviations above what the payer usually pays", use: unusual),
        entry(
            .amountRank, "amount.rank", "AMOUNT_RANK",
            "Share of the payer's last 12 posted payments that were smaller, those equal to a tenth of "
                + "a percent by half, with one more equal one added; missing before 1 is posted.",
            "Larger than {value} of the payer's last payments (1 = all)", use: unusual),
        entry(
            .amountMaximumRatio, "amount.max_ratio", "AMOUNT_ABOVE_MAXIMUM",
            "Amount divided by the largest posted before; missing without one.",
            "{value} times the payer's largest payment so far", use: unusual),
        entry(
            .amountMeanRatio, "amount.mean_ratio", "AMOUNT_ABOVE_MEAN",
            "Amount divided by the mean of amount.deviation; missing where that is.",
            "{value} times the payer's usual amount", use: unusual),
        outliers(.amountOutliersHour, "1h", "OUTLIERS_1H", "the last hour"),
        outliers(.amountOutliersDay, "24h", "OUTLIERS_24H", "the last 24 hours"),
        outliers(.amountOutliersWeek, "7d", "OUTLIERS_7D", "the last 7 days"),
        outliers(.amountOutliersFortnight, "14d", "OUTLIERS_14D", "the last 14 days"),
        entry(
            .amountRound, "amount.round", source: "event", "AMOUNT_ROUND",
            "0 unless the amount is whole in major units; else one more than the zeros it ends in, at "
                + "most 7.",
            "The amount is round (degree {value})", use: shape),
        entry(
            .amountBelowRound, "amount.below_round", source: "event", "AMOUNT_BELOW_LIMIT",
            "How far the amount lies below the next of 1, 2, 5, 10, 20, 50 … minor units, as a share "
                + "of that; 0 on it, missing for nothing.",
            "{value} of a round limit below it (0 = on it)", use: shape),
        entry(
            .amountRepeats, "amount.repeats", "AMOUNT_REPEATED",
            "How many of the payer's attempts, one after another up to the one before, had exactly this "
                + "amount.",
            "The same amount {value} times before",
            use: "Card testing and scripts repeat one amount."),
        entry(
            .amountDrained, "amount.drained", source: "principal leg", "BALANCE_DRAINED",
            "Amount divided by what was available before it, at most 1; 1 if nothing "
                + "was; missing without balances.",
            "{value} of the available balance (1 = all of it)",
            use: "A taken-over account is emptied."),
        entry(
            .payeeAmountScore, "payee.amount_zscore", unit: "standard deviations",
            source: "payee", "PAYEE_AMOUNT_UNUSUAL",
            "amount.log against mean and deviation of the posted payments to the payee, the variance "
                + "shrunk as in amount.zscore; missing before 2 are posted or once currencies are mixed.",
            "{value} standard deviations above what the payee is usually paid",
            use: "A payment that does not fit what the payee sells."),
        entry(
            .payeeAmountRank, "payee.amount_rank", source: "payee", "PAYEE_AMOUNT_RANK",
            "Share of the last 12 posted payments to the payee that were smaller, as in amount.rank.",
            "Larger than {value} of the last payments to the payee (1 = all)",
            use: "A payment that does not fit what the payee sells."),
    ]
}

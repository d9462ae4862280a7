extension FeatureCatalogue {
    private static let usual =
        "What is large for groceries is small for travel; what is strange for one payer is usual for another."

    private static func entry(
        _ feature: Feature, _ name: String, unit: String = "1", source: String,
        window: Window? = nil, _ code: String, _ definition: String, _ sentence: String,
        use: String, isCategorical: Bool = false
    ) -> Entry {
        (
            feature,
            FeatureDefinition(
                name, .category, unit: unit, window: window?.label ?? "", source: source,
                code: code, definition: definition, sentence: sentence, use: use,
                isCategorical: isCategorical)
        )
    }

    static let category: [Entry] = [
        entry(
            .categoryCode, "category.code", unit: "ISO 18245", source: "context", "CATEGORY",
            "Merchant category code; missing if none was told.",
            "Paid in merchant category {value}",
            use: "Some kinds of goods are easily sold on.", isCategorical: true),
        entry(
            .categoryCount, "category.count.24h", source: "category", window: .day,
            "CATEGORY_VELOCITY_24H",
            "Attempts of anybody in the category in the last 24 hours, this one included.",
            "{value} payments in the merchant category in the last 24 hours",
            use: "Attacks on one kind of merchant, and how much a category's figures are worth."),
        entry(
            .categoryAmountScore, "category.amount_zscore", unit: "standard deviations",
            source: "category", "CATEGORY_AMOUNT_UNUSUAL",
            "amount.log against mean and deviation of the posted payments in the category, the variance "
                + "shrunk as in amount.zscore; missing before 2 are posted and in another currency than the "
                + "category's first payment.",
            "{value} standard deviations above what is usual in the merchant category", use: usual),
        entry(
            .payerCategoryCount, "payer.category.count", source: "payer, category",
            "CATEGORY_HABIT",
            "Posted payments of the payer in the category so far, at most 16,383.",
            "The payer has paid {value} times in the merchant category", use: usual),
        entry(
            .payerCategoryShare, "payer.category.share", source: "payer, category",
            "CATEGORY_SHARE",
            "Those as a share of the payer's posted payments, at most 1; missing before 1 is posted.",
            "{value} of the payer's payments are in the merchant category (1 = all)", use: usual),
        entry(
            .payerCategoryScore, "payer.category.amount_zscore", unit: "standard deviations",
            source: "payer, category", "CATEGORY_OWN_AMOUNT_UNUSUAL",
            "amount.log against mean and deviation of the payer's posted payments in the category; the "
                + "mean shrunk towards the payer's own as by 2 payments, the variance towards 0.25 as by 4. "
                + "Missing before 1 payment is posted or once currencies are mixed.",
            "{value} standard deviations above what the payer pays in the merchant category",
            use: usual),
    ]
}

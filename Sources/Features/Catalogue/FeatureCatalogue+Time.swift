extension FeatureCatalogue {
    private static let habit = "People pay at their usual hours and days; thieves at their own."

    private static func entry(
        _ feature: Feature, _ name: String, unit: String, source: String, _ code: String,
        _ definition: String, _ sentence: String, use: String
    ) -> Entry {
        (
            feature,
            FeatureDefinition(
                name, .time, unit: unit, source: source, code: code, definition: definition,
                sentence: sentence, use: use)
        )
    }

    static let time: [Entry] = [
        entry(
            .timeHabit, "time.habit", unit: "h", source: "payer", "UNUSUAL_HOUR",
            "Hours, 0 to 12, between the time of day and the circular mean of the "
                + "payer's posted payments, in solar time of the place, else UTC; missing "
                + "before 3 are posted.",
            "{value} hours from the payer's usual time of day", use: habit),
        entry(
            .timeNight, "time.night", unit: "0|1", source: "event", "NIGHT",
            "1 from midnight to five, in solar time of the place, else UTC.",
            "Paid at night", use: "Victims sleep, scripts do not."),
        entry(
            .timeHour, "time.hour", unit: "h", source: "event", "HOUR",
            "Time of day, 0 to below 24, in solar time of the place, else UTC.",
            "Paid at hour {value} of the day",
            use: "With amount or category: what is usual at noon is not at three."),
        entry(
            .timeWeekend, "time.weekend", unit: "0|1", source: "event", "WEEKEND",
            "1 on Saturdays and Sundays, in solar time of the place, else UTC.",
            "Paid at the weekend", use: "Business accounts rest at weekends."),
        entry(
            .timeWeekday, "time.weekday_share", unit: "1", source: "payer", "UNUSUAL_WEEKDAY",
            "Share of the payer's posted payments that were made on this day of the week, with one "
                + "added for each day; missing before 1 is posted.",
            "{value} of the payer's payments are on this day of the week", use: habit),
        entry(
            .timeWaking, "time.waking", unit: "0|1", source: "payer", "DORMANT_WAKES",
            "1 if the payer's previous attempt was more than 30 days ago; missing at the first.",
            "The account was dormant for more than 30 days",
            use: "Forgotten accounts are taken over, and stolen cards are kept a while."),
    ]

    static let quality: [Entry] = [
        (
            .windowSaturated,
            FeatureDefinition(
                "window.saturated", .quality, unit: "windows", source: "engine",
                code: "WINDOWS_SATURATED",
                definition:
                    "How many of the six windows lost attempts to the bound on memory: their "
                    + "counts and sums are lower bounds.",
                sentence: "{value} windows are cut short by the memory bound",
                use: "Says when windows cannot be trusted in full.")
        )
    ]
}

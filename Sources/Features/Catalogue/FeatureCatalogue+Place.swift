extension FeatureCatalogue {
    private static let far = "Stolen cards are used where their owners do not live."
    private static let cells =
        "Distances to remembered places are between the centres of cells of a "
        + "hundredth of a degree; remembered are sixteen, of which the least visited give way."

    private static let usual =
        "The usual country is the one that more than half of the posted payments told, by the majority "
        + "vote of Boyer and Moore with a lead of at most 32."
    private static let forgotten =
        "Forgotten with the last attempt of the last 30 days and the label delay."

    private static func entry(
        _ feature: Feature, _ name: String, unit: String = "1", source: String = "payer",
        window: Window? = nil, _ code: String, _ definition: String, _ sentence: String,
        use: String, version: Int = 1
    ) -> Entry {
        (
            feature,
            FeatureDefinition(
                name, .place, unit: unit, window: window?.label ?? "", source: source,
                code: code, definition: definition, sentence: sentence, use: use,
                version: version)
        )
    }

    private static func visits(_ feature: Feature, _ km: Int) -> Entry {
        entry(
            feature, "place.visits.\(km)km", "VISITS_\(km)KM",
            "Posted payments of the payer at remembered places within \(km) km. \(cells)",
            "The payer has paid {value} times within \(km) km", use: far)
    }

    private static func distance(
        _ feature: Feature, _ name: String, source: String, _ code: String, _ sentence: String
    ) -> Entry {
        entry(
            feature, name, unit: "km", source: source, code,
            "Distance from where the latest posted payment of anybody with the \(source) was made, between the "
                + "centres of cells of a hundredth of a degree. \(forgotten)",
            sentence,
            use: "Place and means that do not belong together, where no country is told.")
    }

    static let place: [Entry] = [
        entry(
            .placeMissing, "place.missing", unit: "0|1", source: "context", "NO_PLACE",
            "1 if no place was told.", "No place is known",
            use: "A place that is withheld is a state of its own, not a distance of zero."),
        entry(
            .placeLast, "place.last_km", unit: "km", "FAR_FROM_LAST",
            "Great-circle distance from the place of the latest posted payment.",
            "{value} km from the previous payment", use: far),
        entry(
            .placeHome, "place.home_km", unit: "km", "FAR_FROM_HOME",
            "Distance from home: where most of the payer's payments were posted, of equals where the "
                + "first was, then the place further south and west. \(cells)",
            "{value} km from home", use: far, version: 2),
        entry(
            .placeSpeed, "place.speed_kmh", unit: "km/h", "IMPOSSIBLE_SPEED",
            "place.last_km over the time since that payment, at least one second.",
            "Travel at {value} km/h since the previous payment",
            use: "Nobody pays in two cities within minutes."),
        entry(
            .placeNearest, "place.nearest_km", unit: "km", "FAR_FROM_ALL",
            "Distance from the nearest remembered place with a posted payment. \(cells)",
            "{value} km from the nearest known place", use: far),
        entry(
            .placeEstablishedDay, "place.established_24h_km", unit: "km",
            "FAR_FROM_ESTABLISHED_24H",
            "place.nearest_km among places whose first posted payment was more than 24 whole hours "
                + "ago; missing without any.",
            "{value} km from the nearest place known for a day",
            use: "A thief's own first payments do not make a place familiar."),
        entry(
            .placeEstablishedWeek, "place.established_7d_km", unit: "km",
            "FAR_FROM_ESTABLISHED_7D",
            "The same for more than 168 whole hours.",
            "{value} km from the nearest place known for a week",
            use: "A thief's own first payments do not make a place familiar."),
        entry(
            .placeQuantile, "place.quantile", "FAR_FOR_PAYER",
            "Share of the payer's posted payments at remembered places that were nearer to home, equally "
                + "near ones by half. \(cells)",
            "Further from home than {value} of the payer's payments (1 = all)",
            use: "Fifty kilometres are nothing for one payer and a journey for another."),
        visits(.placeVisitsOne, 1),
        visits(.placeVisitsTen, 10),
        visits(.placeVisitsHundred, 100),
        entry(
            .placeNew, "place.new", unit: "0|1", "NEW_PLACE",
            "1 unless a payment of the payer was posted in the cell, as far as remembered; missing before "
                + "any was posted with a place.",
            "The payer has not paid at this place before", use: far),
        entry(
            .cellCountDay, "cell.count.24h", source: "place", window: .day,
            "PLACE_VELOCITY_24H",
            "Attempts of anybody in the cell in the last 24 hours, this one included.",
            "{value} payments at the place in the last 24 hours",
            use: "Skimmed terminals and rings work in one place."),
        entry(
            .cellPayersMonth, "cell.payers.30d", source: "place", window: .month,
            "PLACE_ACCOUNTS_30D",
            "Different payers among the attempts in the cell in the last 30 days, this one included; a "
                + "payer who no longer remembers the cell counts again.",
            "{value} accounts at the place in the last 30 days",
            use: "How public a place is."),
    ]

    static let countries: [Entry] = [
        entry(
            .countryChanged, "country.changed", unit: "0|1", source: "payer", "COUNTRY_CHANGED",
            "1 unless the country is that of the payer's payment posted last, of those that told one.",
            "Another country than at the previous payment",
            use: "A thief is seldom where the owner just was."),
        entry(
            .countryUnusual, "country.unusual", unit: "0|1", source: "payer", "UNUSUAL_COUNTRY",
            "1 unless the country is the payer's usual one. \(usual)",
            "Not the country that the payer usually pays in",
            use: "Travellers change country once, and thieves at every payment."),
        entry(
            .countryInstrument, "country.instrument", unit: "0|1", source: "instrument",
            "INSTRUMENT_COUNTRY",
            "1 unless the country is the instrument's usual one. \(usual) \(forgotten)",
            "Not the country that the instrument is usually used in",
            use: "A copied card is used abroad."),
        entry(
            .countryAddress, "country.address", unit: "0|1", source: "address", "ADDRESS_COUNTRY",
            "1 unless the country is the network address's usual one. \(usual) \(forgotten)",
            "Not the country that the network address is usually seen in",
            use: "Who claims to be near the owner comes from an address that is elsewhere."),
        entry(
            .countryPlace, "country.place", unit: "0|1", source: "place", "PLACE_COUNTRY",
            "1 unless the country is the usual one of the place's cell. \(usual) \(forgotten)",
            "Not the country that the place is in",
            use: "A place and a country that contradict each other are made up."),
        distance(
            .instrumentPlace, "instrument.place_km", source: "instrument", "INSTRUMENT_PLACE",
            "{value} km from where the instrument was last used"),
        distance(
            .addressPlace, "address.place_km", source: "address", "ADDRESS_PLACE",
            "{value} km from where the network address was last used"),
    ]
}

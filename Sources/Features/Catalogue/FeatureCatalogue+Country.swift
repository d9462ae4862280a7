extension FeatureCatalogue {
    private static let usual =
        "The usual country is the one that more than half of the posted payments told, by the majority "
        + "vote of Boyer and Moore with a lead of at most 32."
    private static let forgotten =
        "Forgotten with the last attempt of the last 30 days and the label delay."

    private static func entry(
        _ feature: Feature, _ name: String, unit: String = "0|1", source: String, _ code: String,
        _ definition: String, _ sentence: String, use: String
    ) -> Entry {
        (
            feature,
            FeatureDefinition(
                name, .place, unit: unit, source: source, code: code, definition: definition,
                sentence: sentence, use: use)
        )
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

    static let countries: [Entry] = [
        entry(
            .countryChanged, "country.changed", source: "payer", "COUNTRY_CHANGED",
            "1 unless the country is that of the payer's payment posted last, of those that told one.",
            "Another country than at the previous payment",
            use: "A thief is seldom where the owner just was."),
        entry(
            .countryUnusual, "country.unusual", source: "payer", "UNUSUAL_COUNTRY",
            "1 unless the country is the payer's usual one. \(usual)",
            "Not the country that the payer usually pays in",
            use: "Travellers change country once, and thieves at every payment."),
        entry(
            .countryInstrument, "country.instrument", source: "instrument", "INSTRUMENT_COUNTRY",
            "1 unless the country is the instrument's usual one. \(usual) \(forgotten)",
            "Not the country that the instrument is usually used in",
            use: "A copied card is used abroad."),
        entry(
            .countryAddress, "country.address", source: "address", "ADDRESS_COUNTRY",
            "1 unless the country is the network address's usual one. \(usual) \(forgotten)",
            "Not the country that the network address is usually seen in",
            use: "Who claims to be near the owner comes from an address that is elsewhere."),
        entry(
            .countryPlace, "country.place", source: "place", "PLACE_COUNTRY",
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

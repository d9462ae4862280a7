extension FeatureCatalogue {
    private static let shared =
        "One device, card or address behind many accounts: farms of stolen credentials."
    private static let strange =
        "A thief comes from a device, or with a card, that the account has not used."

    private static func entry(
        _ feature: Feature, _ name: String, unit: String = "1", window: Window? = nil,
        source: String, _ code: String, _ definition: String, _ sentence: String, use: String
    ) -> Entry {
        (
            feature,
            FeatureDefinition(
                name, .device, unit: unit, window: window?.label ?? "", source: source,
                code: code, definition: definition, sentence: sentence, use: use)
        )
    }

    static let device: [Entry] = [
        entry(
            .deviceCountHour, "device.count.1h", window: .hour, source: "device",
            "DEVICE_VELOCITY_1H", "Attempts from the device in the last hour, this one included.",
            "{value} payments from the device in the last hour", use: shared),
        entry(
            .deviceCountDay, "device.count.24h", window: .day, source: "device",
            "DEVICE_VELOCITY_24H",
            "Attempts from the device in the last 24 hours, this one included.",
            "{value} payments from the device in the last 24 hours", use: shared),
        entry(
            .devicePayersMonth, "device.payers.30d", window: .month, source: "device",
            "DEVICE_ACCOUNTS_30D",
            "Different payers on the device in the last 30 days, this one included.",
            "{value} accounts on the device in the last 30 days", use: shared),
        entry(
            .deviceNew, "device.new", unit: "0|1", source: "payer, device", "NEW_DEVICE",
            "1 unless a payment of the payer from the device was posted before.",
            "The payer has not paid from this device before", use: strange),
        entry(
            .deviceAge, "device.age", unit: "d", source: "payer, device", "DEVICE_AGE",
            "Days of the calendar (UTC) since the payer's first attempt from the device that is "
                + "remembered; 0 at the first.",
            "The payer has used the device for {value} days", use: strange),
        entry(
            .deviceIdle, "device.idle", unit: "s", source: "device", "DEVICE_IDLE",
            "Seconds since the previous attempt of anybody from the device; missing if there was "
                + "none in 30 days and the label delay.",
            "{value} seconds since the device was last used", use: shared),
        entry(
            .instrumentCountDay, "instrument.count.24h", window: .day, source: "instrument",
            "INSTRUMENT_VELOCITY_24H",
            "Attempts with the instrument in the last 24 hours, this one included.",
            "{value} payments with the instrument in the last 24 hours", use: shared),
        entry(
            .instrumentPayersMonth, "instrument.payers.30d", window: .month,
            source: "instrument", "INSTRUMENT_ACCOUNTS_30D",
            "Different payers with the instrument in the last 30 days, this included.",
            "{value} accounts used the instrument in the last 30 days", use: shared),
        entry(
            .instrumentNew, "instrument.new", unit: "0|1", source: "payer, instrument",
            "NEW_INSTRUMENT",
            "1 unless the payer attempted to pay with the instrument in the last 30 days and the "
                + "label delay.",
            "The payer has not used this instrument lately", use: strange),
        entry(
            .addressCountHour, "address.count.1h", window: .hour, source: "address",
            "ADDRESS_VELOCITY_1H",
            "Attempts from the network address in the last hour, this one included.",
            "{value} payments from the network address in the last hour", use: shared),
        entry(
            .addressPayersDay, "address.payers.24h", window: .day, source: "address",
            "ADDRESS_ACCOUNTS_24H",
            "Different payers at the network address in the last 24 hours.",
            "{value} accounts at the network address in the last 24 hours", use: shared),
        entry(
            .addressPayersMonth, "address.payers.30d", window: .month, source: "address",
            "ADDRESS_ACCOUNTS_30D",
            "Different payers at the network address in the last 30 days, this one included.",
            "{value} accounts at the network address in the last 30 days", use: shared),
    ]
}

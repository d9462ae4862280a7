internal import Cryptography

/// All features, in the order of a row.
public enum FeatureCatalogue {
    /// The features of a row from its first place to its last.
    public static let all: [FeatureDefinition] =
        velocity + counterparty + device + amount + place + time + quality

    /// Number of features: doubles in a row.
    public static let count = all.count

    /// SHA-256 over every feature's name, definition, unit, window and version, in order. Two builds with one hash
    /// mean the same by a row.
    public static let hash: [UInt8] = {
        var hash = SHA256()
        for feature in all {
            let line = [
                feature.name, feature.definition, feature.unit, feature.window,
                String(feature.version),
            ].joined(separator: "\u{1f}")
            hash.update(Array((line + "\n").utf8))
        }
        return hash.finalize().bytes
    }()

    /// Position of a feature in the row; nil if there is none of that name.
    public static func index(of name: String) -> Int? { all.firstIndex { $0.name == name } }

    // MARK: Families

    private static func attempts(_ window: Window, _ code: String, _ span: String)
        -> FeatureDefinition
    {
        FeatureDefinition(
            "payer.count.\(window.label)", .velocity, window: window, source: "payer", code: code,
            definition: "Payments and authorizations that the payer attempted in \(span), "
                + "this one included.",
            sentence: "{value} payments in \(span)")
    }

    private static func spent(_ window: Window, _ code: String, _ span: String) -> FeatureDefinition
    {
        FeatureDefinition(
            "payer.sum.\(window.label)", .velocity, unit: "major units", window: window,
            source: "payer", code: code,
            definition: "Sum of the amounts that the payer attempted in \(span), "
                + "this one included, in the account's currency.",
            sentence: "{value} attempted in \(span)")
    }

    private static func payees(_ window: Window, _ code: String, _ span: String)
        -> FeatureDefinition
    {
        FeatureDefinition(
            "payer.payees.\(window.label)", .velocity, window: window, source: "payer", code: code,
            definition: "Different payees among the payer's attempts in \(span), "
                + "this one included.",
            sentence: "{value} different payees in \(span)")
    }

    private static let velocity = [
        attempts(.minute, "VELOCITY_1MIN", "the last minute"),
        attempts(.tenMinutes, "VELOCITY_10MIN", "the last ten minutes"),
        attempts(.hour, "VELOCITY_1H", "the last hour"),
        attempts(.day, "VELOCITY_24H", "the last 24 hours"),
        attempts(.week, "VELOCITY_7D", "the last 7 days"),
        attempts(.month, "VELOCITY_30D", "the last 30 days"),
        spent(.hour, "SPEND_1H", "the last hour"),
        spent(.day, "SPEND_24H", "the last 24 hours"),
        spent(.week, "SPEND_7D", "the last 7 days"),
        spent(.month, "SPEND_30D", "the last 30 days"),
        payees(.hour, "PAYEES_1H", "the last hour"),
        payees(.day, "PAYEES_24H", "the last 24 hours"),
        payees(.month, "PAYEES_30D", "the last 30 days"),
        FeatureDefinition(
            "payer.idle", .velocity, unit: "s", source: "payer", code: "PAYER_IDLE",
            definition: "Seconds since the payer's previous attempt; missing at the first.",
            sentence: "{value} seconds since the previous payment"),
    ]

    private static let counterparty = [
        FeatureDefinition(
            "payee.count.24h", .counterparty, window: .day, source: "payee",
            code: "PAYEE_VELOCITY_24H",
            definition: "Attempts to pay the payee in the last 24 hours, this one included.",
            sentence: "{value} payments to the payee in the last 24 hours"),
        FeatureDefinition(
            "payee.payers.24h", .counterparty, window: .day, source: "payee",
            code: "PAYEE_PAYERS_24H",
            definition: "Different payers among them.",
            sentence: "{value} different payers to the payee in the last 24 hours"),
        FeatureDefinition(
            "payee.first", .counterparty, unit: "0|1", source: "payer, payee", code: "FIRST_PAYEE",
            definition: "1 unless a payment of the payer to the payee was posted before.",
            sentence: "The payer has not paid this payee before"),
    ]

    private static let device = [
        FeatureDefinition(
            "device.count.1h", .device, window: .hour, source: "device", code: "DEVICE_VELOCITY_1H",
            definition: "Attempts from the device in the last hour, this one included.",
            sentence: "{value} payments from the device in the last hour"),
        FeatureDefinition(
            "device.count.24h", .device, window: .day, source: "device",
            code: "DEVICE_VELOCITY_24H",
            definition: "Attempts from the device in the last 24 hours, this one included.",
            sentence: "{value} payments from the device in the last 24 hours"),
        FeatureDefinition(
            "device.payers.30d", .device, window: .month, source: "device",
            code: "DEVICE_ACCOUNTS_30D",
            definition: "Different payers on the device in the last 30 days, this one included.",
            sentence: "{value} accounts on the device in the last 30 days"),
        FeatureDefinition(
            "device.new", .device, unit: "0|1", source: "payer, device", code: "NEW_DEVICE",
            definition: "1 unless a payment of the payer from the device was posted before.",
            sentence: "The payer has not paid from this device before"),
        FeatureDefinition(
            "instrument.count.24h", .device, window: .day, source: "instrument",
            code: "INSTRUMENT_VELOCITY_24H",
            definition: "Attempts with the instrument in the last 24 hours, this one included.",
            sentence: "{value} payments with the instrument in the last 24 hours"),
        FeatureDefinition(
            "instrument.payers.30d", .device, window: .month, source: "instrument",
            code: "INSTRUMENT_ACCOUNTS_30D",
            definition: "Different payers with the instrument in the last 30 days, this included.",
            sentence: "{value} accounts used the instrument in the last 30 days"),
        FeatureDefinition(
            "address.count.1h", .device, window: .hour, source: "address",
            code: "ADDRESS_VELOCITY_1H",
            definition: "Attempts from the network address in the last hour, this one included.",
            sentence: "{value} payments from the network address in the last hour"),
        FeatureDefinition(
            "address.payers.24h", .device, window: .day, source: "address",
            code: "ADDRESS_ACCOUNTS_24H",
            definition: "Different payers at the network address in the last 24 hours.",
            sentence: "{value} accounts at the network address in the last 24 hours"),
    ]

    private static let amount = [
        FeatureDefinition(
            "amount.log", .amount, unit: "ln(1 + major units)", source: "event",
            code: "AMOUNT_LARGE",
            definition: "ln(1 + amount in major units); missing in an unknown currency.",
            sentence: "The amount is unusual (logarithm {value})"),
        FeatureDefinition(
            "amount.zscore", .amount, unit: "standard deviations", source: "payer",
            code: "AMOUNT_UNUSUAL",
            definition: "amount.log against mean and deviation of the payer's posted payments, "
                + "the variance shrunk towards 0.25 as by 4 earlier "
                + "ones; missing before 2 are posted or once currencies are mixed.",
            sentence: "{value} standard deviations above the payer's usual amount"),
        FeatureDefinition(
            "amount.max_ratio", .amount, source: "payer", code: "AMOUNT_ABOVE_MAXIMUM",
            definition: "Amount divided by the largest posted before; missing without one.",
            sentence: "{value} times the payer's largest payment so far"),
        FeatureDefinition(
            "amount.drained", .amount, source: "principal leg", code: "BALANCE_DRAINED",
            definition: "Amount divided by what was available before it, at most 1; 1 if nothing "
                + "was; missing without balances.",
            sentence: "{value} of the available balance (1 = all of it)"),
    ]

    private static let place = [
        FeatureDefinition(
            "place.last_km", .place, unit: "km", source: "payer", code: "FAR_FROM_LAST",
            definition: "Great-circle distance from the place of the latest posted payment.",
            sentence: "{value} km from the previous payment"),
        FeatureDefinition(
            "place.home_km", .place, unit: "km", source: "payer", code: "FAR_FROM_HOME",
            definition: "Great-circle distance from the mean direction of all posted places.",
            sentence: "{value} km from home"),
        FeatureDefinition(
            "place.speed_kmh", .place, unit: "km/h", source: "payer", code: "IMPOSSIBLE_SPEED",
            definition: "place.last_km over the time since that payment, at least one second.",
            sentence: "Travel at {value} km/h since the previous payment"),
    ]

    private static let time = [
        FeatureDefinition(
            "time.habit", .time, unit: "h", source: "payer", code: "UNUSUAL_HOUR",
            definition: "Hours, 0 to 12, between the time of day and the circular mean of the "
                + "payer's posted payments, in solar time of the place, else UTC; missing "
                + "before 3 are posted.",
            sentence: "{value} hours from the payer's usual time of day"),
        FeatureDefinition(
            "time.night", .time, unit: "0|1", source: "event", code: "NIGHT",
            definition: "1 from midnight to five, in solar time of the place, else UTC.",
            sentence: "Paid at night"),
    ]

    private static let quality = [
        FeatureDefinition(
            "window.saturated", .quality, unit: "windows", source: "engine",
            code: "WINDOWS_SATURATED",
            definition: "How many of the six windows lost attempts to the bound on memory: their "
                + "counts and sums are lower bounds.",
            sentence: "{value} windows are cut short by the memory bound")
    ]
}

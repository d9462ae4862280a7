/// What belongs together in the catalogue.
public enum FeatureFamily: String, Sendable, CaseIterable {
    case velocity, counterparty, device, amount, category, place, time, fraud, quality
}

/// One input of the models: what it means, and how to say it.
public struct FeatureDefinition: Sendable, Equatable {
    /// Dotted, such as `payer.count.1h`; never reused for another meaning.
    public let name: String
    /// What it belongs to, for display.
    public let family: FeatureFamily
    /// What fixes the value. A value is missing, never zero, where it says so or where its source was not told.
    public let definition: String
    /// Unit of the value; `1` for pure numbers, `0|1` for yes or no.
    public let unit: String
    /// Label of the window, such as `1h`; empty if there is none.
    public let window: String
    /// Which entity's state, or which part of the event, the value comes from.
    public let source: String
    /// What it is good for.
    public let use: String
    /// The value is a code, not a quantity: it is not larger or smaller than another.
    public let isCategorical: Bool
    /// Stable code of a reason, such as `VELOCITY_1H`.
    public let reasonCode: String
    /// Sentence for analysts; `{value}` stands for the value.
    public let sentence: String
    /// Grows when the meaning of the value changes.
    public let version: Int

    init(
        _ name: String, _ family: FeatureFamily, unit: String = "1", window: String = "",
        source: String, code: String, definition: String, sentence: String, use: String,
        isCategorical: Bool = false, version: Int = 1
    ) {
        self.name = name
        self.family = family
        self.definition = definition
        self.unit = unit
        self.window = window
        self.source = source
        self.use = use
        self.isCategorical = isCategorical
        self.reasonCode = code
        self.sentence = sentence
        self.version = version
    }

    /// The sentence about `value`, such as "14 payments in the last hour". Whole numbers are written without
    /// decimals, others with two; a missing value is written as "unknown".
    public func describe(_ value: Double) -> String {
        sentence.split(separator: "{value}", omittingEmptySubsequences: false)
            .joined(separator: Self.text(value))
    }

    private static func text(_ value: Double) -> String {
        guard value.isFinite, abs(value) < 1e15 else { return "unknown" }
        if value == value.rounded() { return String(Int64(value)) }
        let hundredths = Int64((value.magnitude * 100).rounded())
        let decimals = String(hundredths % 100)
        let sign = value < 0 ? "-" : ""
        return sign + String(hundredths / 100) + "." + (decimals.count < 2 ? "0" : "") + decimals
    }
}

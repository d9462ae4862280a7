/// Measurements in Prometheus' text format, version 0.0.4.
public struct PrometheusText: Sendable {
    /// Of an answer in this format.
    public static let mediaType = "text/plain; version=0.0.4; charset=utf-8"
    /// What was written so far.
    public private(set) var text = ""

    /// Without measurements yet.
    public init() {}

    /// A metric's head; its samples follow.
    public mutating func metric(_ name: String, _ type: String, _ help: String) {
        text += "# HELP \(name) \(help)\n# TYPE \(name) \(type)\n"
    }

    /// A measurement of the metric, for these labels.
    public mutating func sample(
        _ name: String, _ labels: [(String, String)], _ value: some Numeric
    ) {
        let list = labels.map { "\($0)=\"\(Self.escape($1))\"" }.joined(separator: ",")
        text += name + (list.isEmpty ? "" : "{\(list)}") + " \(value)\n"
    }

    /// A metric that has one sample, without labels.
    public mutating func metric(
        _ name: String, _ type: String, _ help: String, _ value: some Numeric
    ) {
        metric(name, type, help)
        sample(name, [], value)
    }

    /// People name rules as they like.
    private static func escape(_ value: String) -> String {
        var escaped = ""
        for character in value.unicodeScalars {
            switch character {
            case "\\": escaped += "\\\\"
            case "\"": escaped += "\\\""
            case "\n": escaped += "\\n"
            default: escaped.unicodeScalars.append(character)
            }
        }
        return escaped
    }
}

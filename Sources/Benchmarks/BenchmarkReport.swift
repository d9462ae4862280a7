internal import Foundation

/// What a benchmark found: a table for people, one JSON object for programs.
public struct BenchmarkReport: Sendable {
    /// A figure as it is shown.
    public enum Value: Sendable {
        /// A number, with so many decimals in the table.
        case number(Double, decimals: Int)
        case text(String)
        case flag(Bool)
    }
    /// Which benchmark it is, as in `holdfast bench`.
    public let name: String
    /// The figures, in the order in which they were added.
    public private(set) var rows: [(key: String, value: Value)] = []

    /// A report without figures.
    public init(name: String) { self.name = name }

    /// Adds a number. The key ends in its unit, such as `_ms`; `decimals` are those of the table, JSON has all.
    public mutating func add(_ key: String, _ value: Double, decimals: Int = 2) {
        rows.append((key, .number(value, decimals: decimals)))
    }
    /// Adds a word, such as a setting of the server.
    public mutating func add(_ key: String, _ value: String) { rows.append((key, .text(value))) }
    /// Adds a yes or no: JSON has true or false.
    public mutating func add(_ key: String, _ value: Bool) { rows.append((key, .flag(value))) }

    /// One line a figure.
    public var table: String {
        let width = rows.map(\.key.count).max() ?? 0
        return rows.map { key, value in
            let text =
                switch value {
                case .number(let number, let decimals): String(format: "%.\(decimals)f", number)
                case .text(let text): text
                case .flag(let flag): flag ? "yes" : "no"
                }
            return "  " + key.padding(toLength: width + 2, withPad: " ", startingAt: 0) + text
        }.joined(separator: "\n")
    }

    /// One JSON object, keys sorted.
    public var json: String {
        var object: [String: Any] = ["benchmark": name]
        for (key, value) in rows {
            switch value {
            case .number(let number, _): object[key] = number
            case .text(let text): object[key] = text
            case .flag(let flag): object[key] = flag
            }
        }
        let data = try? JSONSerialization.data(withJSONObject: object, options: [.sortedKeys])
        return data.map { String(decoding: $0, as: UTF8.self) } ?? "{}"
    }
}

internal import Foundation

/// What a benchmark found: a table for people, one JSON object for programs.
public struct BenchmarkReport: Sendable {
    public enum Value: Sendable {
        case number(Double, decimals: Int)
        case text(String)
        case flag(Bool)
    }
    public let name: String
    public private(set) var rows: [(key: String, value: Value)] = []

    public init(name: String) { self.name = name }

    public mutating func add(_ key: String, _ value: Double, decimals: Int = 2) {
        rows.append((key, .number(value, decimals: decimals)))
    }
    public mutating func add(_ key: String, _ value: String) { rows.append((key, .text(value))) }
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

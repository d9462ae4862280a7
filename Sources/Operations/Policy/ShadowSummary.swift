internal import Foundation

/// How often a challenger would have acted as was decided.
public struct ShadowSummary: Sendable, Equatable {
    /// Payments that both looked at.
    public private(set) var count = 0
    /// By what was decided, then by what the challenger says: how many.
    public private(set) var actions: [String: [String: Int]] = [:]
    /// Sum of the differences of both scores, without their signs.
    private var differences = 0.0

    /// Mean difference of the scores, without its sign; 0 without payments.
    public var meanDifference: Double { count == 0 ? 0 : differences / Double(count) }
    /// Share of payments on which both agree; 1 without payments.
    public var agreement: Double {
        let agreed = actions.reduce(0) { $0 + ($1.value[$1.key] ?? 0) }
        return count == 0 ? 1 : Double(agreed) / Double(count)
    }

    /// Sums up what is kept of one challenger; of a payment that came twice, the latest line.
    ///
    /// - Parameter challenger: SHA-256 of its file, 64 lower-case hexadecimal digits.
    public init(_ home: Home, challenger: String) {
        var latest: [Substring: [Substring]] = [:]
        for path in [home.shadowPath + ".1", home.shadowPath] {
            guard let text = try? String(contentsOfFile: path, encoding: .utf8) else { continue }
            for line in text.split(separator: "\n").dropFirst() {
                let fields = line.split(separator: ",", omittingEmptySubsequences: false)
                // The last line may still be being written.
                guard fields.count == 7, fields[2] == challenger else { continue }
                latest[fields[0]] = fields
            }
        }
        for fields in latest.values.sorted(by: { $0[0] < $1[0] }) {
            guard let score = Double(fields[3]), let other = Double(fields[5]) else { continue }
            count += 1
            differences += abs(score - other)
            actions[String(fields[4]), default: [:]][String(fields[6]), default: 0] += 1
        }
    }
}

internal import Foundation

/// A page of the alert feed.
public struct AlertPage: Sendable {
    /// The alerts, oldest first, one line of JSON each.
    public var lines: [String] = []
    /// The last alert's place in the log; nil if there is none.
    public var last: Int64?

    /// Reads the wallet's answer. Throws an ``OperationError`` with the answer if it is no page of alerts.
    public init(_ answer: HTTPAnswer) throws {
        let object = WalletClient.object(answer.body)
        guard answer.status == 200, let alerts = object?["alerts"] as? [[String: Any]] else {
            throw OperationError(
                "the wallet answered \(answer.status): \(String(decoding: answer.body, as: UTF8.self))"
            )
        }
        for alert in alerts {
            lines.append(try WalletClient.line(alert))
            guard let sequence = (alert["sequence"] as? NSNumber)?.int64Value else {
                throw OperationError("the wallet gave an alert without its sequence: \(alert)")
            }
            last = sequence
        }
    }
}

public import EventLog
internal import Foundation

/// What a notice says: its kind, and what that kind tells of. Made by functions named after the kinds, so that nothing
/// that a kind needs can be missing.
public struct NoticeContent: Sendable, Equatable {
    /// What it is about.
    public let kind: NoticeKind
    /// What it tells of, by name; see ``NoticeParameter``. This is also the `data` that applications get with it.
    public let parameters: [NoticeParameter: String]

    /// Longest name of somebody else that is shown, in bytes.
    static let nameBytes = 160
    /// Longest text of somebody else that is shown, in bytes.
    static let noteBytes = 480

    init(_ kind: NoticeKind, _ parameters: [NoticeParameter: String] = [:]) {
        self.kind = kind
        self.parameters = parameters
    }

    /// The amount; nil if the kind tells of none.
    public var amount: Money? {
        guard let text = parameters[.amount], let code = parameters[.currency],
            let currency = Currency(code: code)
        else { return nil }
        return try? Money(text, currency: currency)
    }

    /// As it is kept before it is sealed: a JSON object of texts.
    func encoded(with contact: String?) -> [UInt8] {
        var object = namedParameters
        object[Self.contactName] = contact
        guard
            let data = try? JSONSerialization.data(
                withJSONObject: object, options: [.sortedKeys, .withoutEscapingSlashes])
        else { preconditionFailure("a dictionary of texts is always JSON") }
        return [UInt8](data)
    }

    /// What was kept, and the contact that was kept with it; nil if it is none of these.
    static func decoded(
        _ kind: NoticeKind, _ bytes: [UInt8]
    ) -> (content: NoticeContent, contact: String?)? {
        guard
            let object = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: String]
        else { return nil }
        var parameters: [NoticeParameter: String] = [:]
        for (name, text) in object {
            // A later build may have kept more than this one knows.
            if let parameter = NoticeParameter(rawValue: name) { parameters[parameter] = text }
        }
        return (NoticeContent(kind, parameters), object[contactName])
    }

    /// The parameters by their names.
    public var namedParameters: [String: String] {
        Dictionary(uniqueKeysWithValues: parameters.map { ($0.key.rawValue, $0.value) })
    }

    private static let contactName = "to"
}

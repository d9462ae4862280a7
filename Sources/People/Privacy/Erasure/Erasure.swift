package import EventLog
package import Identity

/// Whose data is to go.
package struct Erasure: Sendable {
    /// Who it is.
    package let person: PersonID
    /// Indexes of the contacts that the person had until then.
    package let lookups: Set<[UInt8]>
    /// When it happens.
    package let at: Timestamp
}

/// Why a person cannot be erased now.
public struct ErasureObjection: Sendable, Equatable {
    /// A stable word for programs, of `a`–`z`, `0`–`9` and `_`.
    public let code: String
    /// A sentence for the person: what they can do about it. Nothing personal.
    public let detail: String

    /// An objection that can be shown.
    public init(_ code: String, _ detail: String) {
        self.code = code
        self.detail = detail
    }
}

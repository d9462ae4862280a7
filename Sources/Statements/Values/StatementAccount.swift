public import EventLog

/// The account that a statement is of.
public struct StatementAccount: Hashable, Sendable {
    /// Its public identifier.
    public let id: String
    /// Whose it is.
    public let holder: Holder
    /// What its amounts are of.
    public let currency: Currency

    /// Longest identifier, in characters.
    public static let maximumIDLength = 64

    /// An account; its identifier is 1 to 64 ASCII letters, digits, `-`, `_` and `.`, beginning
    /// with a letter or a digit, so that no format has to escape it and no two become the same.
    public init(id: String, holder: Holder, currency: Currency) throws(StatementError) {
        try Self.check(id: id)
        self.id = id
        self.holder = holder
        self.currency = currency
    }

    static func check(id: String) throws(StatementError) {
        guard (1...maximumIDLength).contains(id.utf8.count), let first = id.utf8.first,
            isAlphanumeric(first),
            id.utf8.allSatisfy({ isAlphanumeric($0) || "-_.".utf8.contains($0) })
        else {
            throw StatementError(
                .malformedAccount,
                "an account's identifier is 1 to \(maximumIDLength) letters, digits, '-', '_' and "
                    + "'.', beginning with a letter or a digit")
        }
    }

    private static func isAlphanumeric(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x30...0x39, 0x41...0x5a, 0x61...0x7a: true
        default: false
        }
    }
}

/// How a person showed who they are. Raw values are the database's.
public struct AuthenticationMethods: OptionSet, Hashable, Sendable {
    /// One bit a method.
    public let rawValue: Int16
    /// The methods of these bits.
    public init(rawValue: Int16) { self.rawValue = rawValue }

    /// A password.
    public static let password = AuthenticationMethods(rawValue: 1)
    /// A time-based code.
    public static let timeBasedCode = AuthenticationMethods(rawValue: 2)
    /// A recovery code.
    public static let recoveryCode = AuthenticationMethods(rawValue: 4)
    /// A passkey whose authenticator verified the person.
    public static let passkey = AuthenticationMethods(rawValue: 8)

    /// Whether two factors were shown: a passkey is a thing one has, opened by what one is or knows.
    public var isMultiFactor: Bool {
        contains(.passkey)
            || (contains(.password) && !isDisjoint(with: [.timeBasedCode, .recoveryCode]))
    }

    /// The words of RFC 8176 for them.
    public var references: [String] {
        var words: [String] = []
        if contains(.password) { words.append("pwd") }
        if !isDisjoint(with: [.timeBasedCode, .recoveryCode]) { words.append("otp") }
        if contains(.passkey) { words.append("pop") }
        if isMultiFactor { words.append("mfa") }
        return words
    }
}

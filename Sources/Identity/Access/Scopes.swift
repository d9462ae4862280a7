/// What a caller may do: a set of words, as OAuth has them (RFC 6749, section 3.3).
public struct Scopes: OptionSet, Hashable, Sendable {
    /// One bit a scope; the database's.
    public let rawValue: Int64
    /// The scopes of these bits.
    public init(rawValue: Int64) { self.rawValue = rawValue }

    private init(bit: Int64) { rawValue = 1 << bit }

    // Of a person, over what is the person's own.

    /// Read one's own profile, contacts, devices and sessions, and change the profile.
    public static let profile = Scopes(bit: 0)
    /// Change how one signs in: password, second factors, devices.
    public static let security = Scopes(bit: 1)
    /// Read one's own wallets, payments and requests.
    public static let walletRead = Scopes(bit: 2)
    /// Pay and ask to be paid from one's own wallets.
    public static let walletPay = Scopes(bit: 3)

    // Of services and staff, over everybody's.

    /// Read accounts, balances and histories.
    public static let accountsRead = Scopes(bit: 8)
    /// Open, freeze and limit accounts.
    public static let accountsWrite = Scopes(bit: 9)
    /// Bring money into accounts.
    public static let fundsWrite = Scopes(bit: 10)
    /// Read payments and authorizations.
    public static let paymentsRead = Scopes(bit: 11)
    /// Pay, refund and answer challenges.
    public static let paymentsWrite = Scopes(bit: 12)
    /// Authorize, capture and void.
    public static let authorizationsWrite = Scopes(bit: 13)
    /// Read and follow alerts.
    public static let alertsRead = Scopes(bit: 14)
    /// Release and decline what is held.
    public static let reviewsWrite = Scopes(bit: 15)
    /// Say what was fraud.
    public static let labelsWrite = Scopes(bit: 16)
    /// Read policies and lists.
    public static let policiesRead = Scopes(bit: 17)
    /// Activate policies, and change lists.
    public static let policiesWrite = Scopes(bit: 18)
    /// Register and end clients of the API.
    public static let clientsWrite = Scopes(bit: 19)
    /// Read figures of the service.
    public static let metricsRead = Scopes(bit: 20)
    /// Look people up, give them roles, and end their sessions.
    public static let peopleWrite = Scopes(bit: 21)

    /// All, with their words, in the order in which they are written.
    public static let words: [(word: String, scope: Scopes)] = [
        ("profile", .profile), ("security", .security), ("wallet:read", .walletRead),
        ("wallet:pay", .walletPay), ("accounts:read", .accountsRead),
        ("accounts:write", .accountsWrite), ("funds:write", .fundsWrite),
        ("payments:read", .paymentsRead), ("payments:write", .paymentsWrite),
        ("authorizations:write", .authorizationsWrite), ("alerts:read", .alertsRead),
        ("reviews:write", .reviewsWrite), ("labels:write", .labelsWrite),
        ("policies:read", .policiesRead), ("policies:write", .policiesWrite),
        ("clients:write", .clientsWrite), ("metrics:read", .metricsRead),
        ("people:write", .peopleWrite),
    ]

    /// Scopes of a person over the person's own.
    public static let ofPeople: Scopes = [.profile, .security, .walletRead, .walletPay]
    /// Scopes over everybody's.
    public static let ofStaff = Scopes(words.map(\.scope)).subtracting(ofPeople)

    /// The words with spaces between them.
    public var text: String {
        Self.words.filter { contains($0.scope) }.map(\.word).joined(separator: " ")
    }

    /// Reads words with single spaces between them; nil if one is not known.
    public init?(_ text: some StringProtocol) {
        var scopes: Scopes = []
        for word in text.split(separator: " ") {
            guard let known = Self.words.first(where: { $0.word == word }) else { return nil }
            scopes.insert(known.scope)
        }
        self = scopes
    }
}

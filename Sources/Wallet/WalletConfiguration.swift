public import Cryptography
public import EventLog
public import Ledger
public import Pricing
public import Vault

/// What a wallet process needs to know.
public struct WalletConfiguration: Sendable {
    /// libpq connection string of the ledger's database.
    public var database: String
    /// The master keys that wrap those under which what risk knows of payments is sealed.
    public var contextKeys: Keyring
    /// How long after something was erased the engine's state is made anew without it, at most, in seconds: that takes a
    /// replay of the log, in which the fail policy decides.
    public var rebaseAfterSeconds = WalletConfiguration.usualRebaseAfterSeconds
    /// Turns identifiers of devices, instruments, addresses and owners into tokens.
    public var tokenKey: TokenKey
    /// What the ledger does when nobody decides, and how long states last.
    public var policy: LedgerPolicy
    /// How long the engine has to decide, in milliseconds.
    public var decideWithinMilliseconds: Int64
    /// Most payments that wait for their commit.
    public var queueLimit: Int
    /// How long a repeated request is known by its idempotency key, in seconds.
    public var keyRetentionSeconds: Int64
    /// What payments cost and how much may be spent; nil for nothing and as much as there is.
    public var pricing: Pricing?
    /// Why engines could not decide with a policy; nil if they can. Asked before a policy is activated.
    public var fault: @Sendable (PolicyDetail) -> String? = { _ in
        "this wallet has no models to look at"
    }

    /// 30 days.
    public static let usualKeyRetentionSeconds: Int64 = 30 * 86_400

    /// A day.
    public static let usualRebaseAfterSeconds: Int64 = 86_400

    /// A wallet on one database and one key; the rest has defaults. Nothing is checked or opened yet.
    public init(
        database: String, tokenKey: TokenKey, contextKeys: Keyring,
        policy: LedgerPolicy = LedgerPolicy(), decideWithinMilliseconds: Int64 = 500,
        queueLimit: Int = 8_192,
        keyRetentionSeconds: Int64 = WalletConfiguration.usualKeyRetentionSeconds
    ) {
        self.database = database
        self.tokenKey = tokenKey
        self.contextKeys = contextKeys
        self.policy = policy
        self.decideWithinMilliseconds = decideWithinMilliseconds
        self.queueLimit = queueLimit
        self.keyRetentionSeconds = keyRetentionSeconds
    }
}

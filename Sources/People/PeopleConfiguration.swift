public import Cryptography
public import EventLog
internal import Foundation
public import Vault

/// What people are kept with.
public struct PeopleConfiguration: Sendable {
    /// libpq connection string of the database.
    public var database: String
    /// Wraps the keys of what is personal.
    public var keyring: Keyring
    /// Makes indexes of what people are found by.
    public var lookupKey: LookupKey
    /// Who issues tokens: this service's address, as clients know it.
    public var issuer: String
    /// What hashing a password costs.
    public var passwordCost: PasswordHash.Cost = .usual
    /// Seconds that an access token is good for.
    public var accessTokenSeconds: Int64 = 900
    /// Seconds without use after which a session ends.
    public var sessionIdleSeconds: Int64 = 30 * 86_400
    /// Seconds after which a key signs no more tokens, and a newer one does.
    public var signingKeySeconds: Int64 = 30 * 86_400
    /// Seconds since a person last proved who they are, within which they may change how they sign in.
    public var freshSeconds: Int64 = 600
    /// Origins beside the issuer whose pages and applications may ask for passkeys, such as
    /// `android:apk-key-hash:…`.
    public var passkeyOrigins: [String] = []
    /// The time by which codes, tokens and waits end. Money has a clock of its own, the database's.
    public var clock: @Sendable () -> Timestamp = {
        Timestamp(Int64(Date().timeIntervalSince1970 * 1_000_000))
    }

    /// People on one database, with what is usual for all that is not given.
    public init(database: String, keyring: Keyring, lookupKey: LookupKey, issuer: String) {
        self.database = database
        self.keyring = keyring
        self.lookupKey = lookupKey
        self.issuer = issuer
    }
}

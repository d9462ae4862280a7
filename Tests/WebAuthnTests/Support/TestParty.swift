import WebAuthn

@testable import TestAuthenticator

/// The relying party of the tests, and what it remembers.
enum TestParty {
    static let challenge = try! Challenge(Array(UInt8(100)...131))
    static let owner = try! UserHandle(Array("account 7".utf8))
    static let party = try! RelyingParty(
        id: "wallet.example", name: "Wallet",
        origins: ["https://wallet.example", "https://app.wallet.example:8443"])

    /// What it stores of an authenticator's credential.
    static func stored(
        _ authenticator: SoftwareAuthenticator, signCount: UInt32 = 6,
        isBackupEligible: Bool = false
    ) throws -> RegisteredCredential {
        RegisteredCredential(
            id: try CredentialID(authenticator.credentialID),
            publicKey: try COSEKey(authenticator.key.cose()), signCount: signCount,
            isBackupEligible: isBackupEligible, isBackedUp: false, transports: [],
            aaguid: AAGUID(authenticator.aaguid)!)
    }

    static func register(
        _ authenticator: SoftwareAuthenticator,
        algorithms: [COSEKey.Algorithm] = COSEKey.Algorithm.allCases
    ) throws -> RegisteredCredential {
        try party.verify(
            registration: authenticator.register(), challenge: challenge,
            requiresUserVerification: true, algorithms: algorithms)
    }

    static func assert(
        _ authenticator: SoftwareAuthenticator, stored: RegisteredCredential? = nil,
        requiresUserHandle: Bool = false
    ) throws -> Assertion {
        try party.verify(
            assertion: authenticator.assert(), challenge: challenge,
            credential: stored ?? self.stored(authenticator), expectedUserHandle: owner,
            requiresUserVerification: true, requiresUserHandle: requiresUserHandle)
    }
}

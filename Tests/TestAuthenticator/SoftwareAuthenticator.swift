import Crypto
import enum Cryptography.Base64URL
import WebAuthn

/// A client and its authenticator in one, which does what it is told, right or wrong.
struct SoftwareAuthenticator: Sendable {
    enum Attestation: Sendable {
        case none
        case selfSigned
        /// Any format, with a statement's CBOR.
        case other(String, [UInt8])
    }

    var key = SoftwareKey.p256
    var credentialID = Array(UInt8(1)...32)
    var userHandle: [UInt8]? = Array("account 7".utf8)
    var aaguid = Array(UInt8(0xa0)...0xaf)
    var attestation = Attestation.none
    /// The COSE key that is told, if it is not the key's own.
    var toldKey: [UInt8]?

    // MARK: Client data

    var challenge = Array(UInt8(100)...131)
    var origin = "https://wallet.example"
    /// Nil for the ceremony's own.
    var type: String?
    /// Members after the origin.
    var clientExtras = #","crossOrigin":false"#
    /// The whole client data, if they are not to be made of the above.
    var clientDataJSON: [UInt8]?

    // MARK: Authenticator data

    var relyingPartyID = "wallet.example"
    /// UP, UV, BE and BS; AT and ED are set by what follows.
    var flags: UInt8 = 0x05
    var signCount: UInt32 = 7
    var namesCredential = true
    var extensions: [UInt8]?
    /// Cuts or alters what was made, before it is signed.
    var alterData: @Sendable ([UInt8]) -> [UInt8] = { $0 }
    /// Alters the signature.
    var alterSignature: @Sendable ([UInt8]) -> [UInt8] = { $0 }
    /// Alters the attestation object.
    var alterObject: @Sendable ([UInt8]) -> [UInt8] = { $0 }

    func clientData(_ usual: String) -> [UInt8] {
        clientDataJSON
            ?? Array(
                """
                {"type":"\(type ?? usual)","challenge":"\(Base64URL.encode(challenge))",\
                "origin":"\(origin)"\(clientExtras)}
                """.utf8)
    }

    func authenticatorData(attested: Bool) throws -> [UInt8] {
        var data = Array(SHA256.hash(data: Array(relyingPartyID.utf8)))
        let isAttested = attested && namesCredential
        data.append(flags | (isAttested ? 0x40 : 0) | (extensions == nil ? 0 : 0x80))
        data += withUnsafeBytes(of: signCount.bigEndian) { Array($0) }
        if isAttested {
            data += aaguid
            data += withUnsafeBytes(of: UInt16(credentialID.count).bigEndian) { Array($0) }
            data += try credentialID + (toldKey ?? key.cose())
        }
        return alterData(data + (extensions ?? []))
    }

    func attestationObject() throws -> [UInt8] {
        let data = try authenticatorData(attested: true)
        let format: String
        let statement: [UInt8]
        switch attestation {
        case .none: (format, statement) = ("none", CBORWriter.map([]))
        case .selfSigned:
            format = "packed"
            statement = CBORWriter.map([
                (CBORWriter.text("alg"), CBORWriter.integer(key.algorithm)),
                (CBORWriter.text("sig"), CBORWriter.bytes(try sign(data, "webauthn.create"))),
            ])
        case .other(let name, let bytes): (format, statement) = (name, bytes)
        }
        return alterObject(
            CBORWriter.map([
                (CBORWriter.text("fmt"), CBORWriter.text(format)),
                (CBORWriter.text("attStmt"), statement),
                (CBORWriter.text("authData"), CBORWriter.bytes(data)),
            ]))
    }

    private func sign(_ data: [UInt8], _ type: String) throws -> [UInt8] {
        alterSignature(
            try key.signature(of: data + Array(SHA256.hash(data: clientData(type)))))
    }

    // MARK: - Responses

    func register() throws -> RegistrationResponse {
        try RegistrationResponse(
            id: CredentialID(credentialID), clientDataJSON: clientData("webauthn.create"),
            attestationObject: attestationObject(), transports: ["internal", "hybrid"])
    }

    func assert() throws -> AuthenticationResponse {
        let data = try authenticatorData(attested: false)
        return try AuthenticationResponse(
            id: CredentialID(credentialID), clientDataJSON: clientData("webauthn.get"),
            authenticatorData: data, signature: sign(data, "webauthn.get"),
            userHandle: userHandle.map { try UserHandle($0) })
    }

    func registrationJSON() throws -> String {
        let response = try register()
        return json(
            """
            "clientDataJSON":"\(Base64URL.encode(response.clientDataJSON))",\
            "attestationObject":"\(Base64URL.encode(response.attestationObject))",\
            "transports":["internal","hybrid"]
            """)
    }

    func assertionJSON() throws -> String {
        let response = try assert()
        let handle = userHandle.map { "\"\(Base64URL.encode($0))\"" } ?? "null"
        return json(
            """
            "clientDataJSON":"\(Base64URL.encode(response.clientDataJSON))",\
            "authenticatorData":"\(Base64URL.encode(response.authenticatorData))",\
            "signature":"\(Base64URL.encode(response.signature))","userHandle":\(handle)
            """)
    }

    private func json(_ response: String) -> String {
        let id = Base64URL.encode(credentialID)
        return """
            {"id":"\(id)","rawId":"\(id)","type":"public-key",\
            "authenticatorAttachment":"platform",\
            "clientExtensionResults":{"credProps":{"rk":true}},"response":{\(response)}}
            """
    }
}

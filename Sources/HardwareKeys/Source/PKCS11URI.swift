internal import Cryptography

/// Which key of which token, and how to get at it.
public struct PKCS11URI: Sendable, Equatable {
    /// The module's file: an absolute path.
    public var modulePath: String
    /// The token's label.
    public var token: String
    /// The token's serial number, manufacturer and model, where the label alone does not tell.
    public var serial, manufacturer, model: String?
    /// The key's label, CKA_LABEL.
    public var object: String?
    /// The key's CKA_ID.
    public var id: [UInt8]?
    /// Where the PIN of the token's user lies.
    public var pin: SecretPlace

    /// An address from its parts. Of `object` and `id` one at least is needed.
    public init(
        modulePath: String, token: String, object: String?, id: [UInt8]? = nil, pin: SecretPlace
    ) {
        self.modulePath = modulePath
        self.token = token
        self.object = object
        self.id = id
        self.pin = pin
    }

    /// As messages name the token.
    var tokenDescription: String {
        ([token] + [serial, manufacturer, model].compactMap { $0 }).joined(separator: " of ")
    }

    /// As messages name the key.
    var keyDescription: String {
        switch (object, id) {
        case (let object?, nil): object
        case (let object?, let id?): "\(object) with id \(Hexadecimal.encode(id))"
        case (nil, let id): "with id \(Hexadecimal.encode(id ?? []))"
        }
    }
}

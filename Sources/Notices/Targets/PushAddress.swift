internal import Cryptography
internal import Crypto
internal import Foundation

/// At which address a device is reached by push.
public enum PushAddress: Sendable, Equatable {
    /// A browser's subscription.
    case webPush(WebPushSubscription)
    /// A device token of APNs, in hexadecimal digits.
    case apns(DeviceToken)
    /// A registration token of FCM.
    case fcm(DeviceToken)

    /// On which channel it is reached.
    public var channel: NoticeChannel {
        switch self {
        case .webPush: .webPush
        case .apns: .apns
        case .fcm: .fcm
        }
    }

    /// What tells it from others.
    var identity: String {
        switch self {
        case .webPush(let subscription): subscription.endpoint
        case .apns(let token), .fcm(let token): token.text
        }
    }

    /// As it is kept before it is sealed.
    var encoded: [UInt8] {
        let parts: [String] =
            switch self {
            case .webPush(let subscription):
                [
                    subscription.endpoint, Base64URL.encode(subscription.publicKey),
                    Base64URL.encode(subscription.secret),
                ]
            case .apns(let token), .fcm(let token): [token.text]
            }
        // Neither part can have a line break in it.
        return Array(parts.joined(separator: "\n").utf8)
    }

    /// What was kept; nil if it is not an address on this channel.
    init?(_ channel: NoticeChannel, encoded: [UInt8]) {
        let parts = String(decoding: encoded, as: UTF8.self).split(separator: "\n").map(String.init)
        switch (channel, parts.count) {
        case (.webPush, 3):
            guard
                let subscription = try? WebPushSubscription(
                    endpoint: parts[0], publicKey: parts[1], secret: parts[2],
                    allowsPlainText: true)
            else { return nil }
            self = .webPush(subscription)
        case (.apns, 1):
            guard let token = try? DeviceToken(apns: parts[0]) else { return nil }
            self = .apns(token)
        case (.fcm, 1):
            guard let token = try? DeviceToken(fcm: parts[0]) else { return nil }
            self = .fcm(token)
        default: return nil
        }
    }
}

/// What a provider knows a device by.
public struct DeviceToken: Sendable, Hashable {
    /// As it is put into requests.
    public let text: String

    /// A token of APNs: hexadecimal digits, of 16 to 100 bytes; Apple lays down no length.
    public init(apns text: String) throws(NoticeError) {
        guard let bytes = Hexadecimal.decode(text), (16...100).contains(bytes.count) else {
            throw .malformedAddress("a device token of APNs has 32 to 200 hexadecimal digits")
        }
        self.text = text.lowercased()
    }

    /// A token of FCM: up to 4,096 letters, digits, `_`, `-` and `:`.
    public init(fcm text: String) throws(NoticeError) {
        let isToken = text.utf8.allSatisfy {
            switch $0 {
            case 0x30...0x3a, 0x41...0x5a, 0x61...0x7a, 0x5f, 0x2d: true
            default: false
            }
        }
        guard isToken, (16...4_096).contains(text.utf8.count) else {
            throw .malformedAddress(
                "a registration token of FCM has 16 to 4,096 letters, digits, _, - and :")
        }
        self.text = text
    }
}

/// A browser's subscription, as its Push API gives it.
public struct WebPushSubscription: Sendable, Equatable {
    /// Where its push service takes messages for it.
    public let endpoint: String
    /// The browser's public key: a point of P-256, uncompressed, 65 bytes (`p256dh`).
    public let publicKey: [UInt8]
    /// The secret that it shares with the service: 16 bytes (`auth`).
    public let secret: [UInt8]

    /// - Parameters:
    ///   - endpoint: An absolute `https` URL.
    ///   - publicKey: `p256dh`, in Base64url without padding.
    ///   - secret: `auth`, likewise.
    ///   - allowsPlainText: Whether `http` will do, as for a push service on the same machine.
    public init(
        endpoint: String, publicKey: String, secret: String, allowsPlainText: Bool = false
    ) throws(NoticeError) {
        guard endpoint.utf8.count <= 2_048,
            endpoint.utf8.allSatisfy({ (0x21...0x7e).contains($0) }),
            WebOrigin(of: endpoint, allowsPlainText: allowsPlainText) != nil
        else {
            throw .malformedAddress(
                "a push endpoint is an https URL of at most 2,048 characters, without a user's name"
            )
        }
        guard let key = Base64URL.decode(publicKey), key.count == 65,
            (try? P256.KeyAgreement.PublicKey(x963Representation: key)) != nil
        else {
            throw .malformedAddress("p256dh is a point of P-256 of 65 bytes, in Base64url")
        }
        guard let secret = Base64URL.decode(secret), secret.count == 16 else {
            throw .malformedAddress("auth has 16 bytes, in Base64url")
        }
        self.endpoint = endpoint
        self.publicKey = key
        self.secret = secret
    }
}

/// Scheme, host and port of a URL (RFC 6454, section 6.2).
struct WebOrigin: Sendable, Hashable {
    /// Such as `https://push.example.net` or `https://push.example.net:8443`.
    let text: String

    /// nil for what is not an absolute URL of a permitted scheme, and for one with a user's name or a fragment.
    init?(of url: String, allowsPlainText: Bool) {
        guard let parts = URLComponents(string: url), let scheme = parts.scheme?.lowercased(),
            scheme == "https" || (allowsPlainText && scheme == "http"), let host = parts.host,
            !host.isEmpty, parts.user == nil, parts.password == nil, parts.fragment == nil
        else { return nil }
        let usual = scheme == "https" ? 443 : 80
        let port = parts.port.flatMap { $0 == usual ? nil : ":\($0)" } ?? ""
        text = "\(scheme)://\(host.lowercased())\(port)"
    }
}

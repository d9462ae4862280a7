internal import Cryptography

/// One device of a person: 16 random bytes that it chose.
public struct DeviceID: Sendable, Hashable, Comparable, CustomStringConvertible {
    static let count = 16
    /// The bytes.
    public let bytes: [UInt8]

    /// A new device.
    public init() { bytes = randomBytes(Self.count) }

    /// A device from its bytes; nil unless there are 16.
    public init?(bytes: [UInt8]) {
        guard bytes.count == Self.count else { return nil }
        self.bytes = bytes
    }

    /// A device from its description; nil if it is none.
    public init?(_ text: some StringProtocol) {
        guard let bytes = Base64URL.decode(text) else { return nil }
        self.init(bytes: bytes)
    }

    /// 22 characters of base64url.
    public var description: String { Base64URL.encode(bytes) }

    /// As their bytes are ordered.
    public static func < (a: DeviceID, b: DeviceID) -> Bool {
        a.bytes.lexicographicallyPrecedes(b.bytes)
    }
}

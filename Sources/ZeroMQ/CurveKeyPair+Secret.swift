internal import CZeroMQ

extension CurveKeyPair {
    /// Length of either key, in bytes.
    public static let keyBytes = 32

    /// The pair that a secret key belongs to; nil unless it has 32 bytes.
    public init?(secretKey: [UInt8]) {
        guard secretKey.count == Self.keyBytes else { return nil }
        // Z85 text (RFC 32) of 32 bytes: 40 characters and a null.
        var secretText = [CChar](repeating: 0, count: 41)
        var publicText = [CChar](repeating: 0, count: 41)
        var publicKey = [UInt8](repeating: 0, count: Self.keyBytes)
        guard zmq_z85_encode(&secretText, secretKey, secretKey.count) != nil,
            zmq_curve_public(&publicText, &secretText) == 0,
            zmq_z85_decode(&publicKey, &publicText) != nil
        else { return nil }
        self.init(publicKey: publicKey, secretKey: secretKey)
    }
}

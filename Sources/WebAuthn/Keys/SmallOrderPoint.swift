/// The points of Ed25519's curve whose order divides 8 (RFC 8032, section 5.1, gives the cofactor).
///
/// Verification multiplies the public key by a number that depends on the message. On these points
/// the product takes at most 8 values, so that a signature made up for one message is likely to be
/// valid for another.
enum SmallOrderPoint {
    /// Whether an encoded point is one of them, in whichever way it is encoded.
    static func contains(_ encoded: [UInt8]) -> Bool {
        guard let last = encoded.last, encoded.count == 32 else { return false }
        // The top bit is the sign of x, which does not change the order.
        let ordinate = Array(encoded.dropLast()) + [last & 0x7f]
        return ordinates.contains(ordinate)
    }

    /// Their y, least significant byte first; the last two are 0 and 1 plus the field's prime.
    static let ordinates: [[UInt8]] = [
        [UInt8](repeating: 0, count: 32),
        [1] + [UInt8](repeating: 0, count: 31),
        [0xec] + [UInt8](repeating: 0xff, count: 30) + [0x7f],
        [
            0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef,
            0x98, 0xf0, 0xd5, 0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88,
            0x6d, 0x53, 0xfc, 0x05,
        ],
        [
            0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10,
            0x67, 0x0f, 0x2a, 0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77,
            0x92, 0xac, 0x03, 0x7a,
        ],
        [0xed] + [UInt8](repeating: 0xff, count: 30) + [0x7f],
        [0xee] + [UInt8](repeating: 0xff, count: 30) + [0x7f],
    ]
}

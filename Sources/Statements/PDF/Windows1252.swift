/// The encoding of PDF's standard fonts: Latin-1, and in place of its second block of control
/// characters what Windows has there.
enum Windows1252 {
    /// Code points of 0x80 to 0x9f; 0 where there is no character.
    private static let block: [UInt32] = [
        0x20ac, 0, 0x201a, 0x0192, 0x201e, 0x2026, 0x2020, 0x2021,
        0x02c6, 0x2030, 0x0160, 0x2039, 0x0152, 0, 0x017d, 0,
        0, 0x2018, 0x2019, 0x201c, 0x201d, 0x2022, 0x2013, 0x2014,
        0x02dc, 0x2122, 0x0161, 0x203a, 0x0153, 0, 0x017e, 0x0178,
    ]

    /// The byte for a character; nil if there is none.
    static func byte(for scalar: Unicode.Scalar) -> UInt8? {
        switch scalar.value {
        case 0x20...0x7e, 0xa0...0xff: UInt8(truncatingIfNeeded: scalar.value)
        default: block.firstIndex(of: scalar.value).map { UInt8(0x80 + $0) }
        }
    }
}

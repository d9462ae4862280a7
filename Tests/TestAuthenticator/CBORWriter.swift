/// Writes CBOR in its shortest form, and on purpose in wrong ones.
enum CBORWriter {
    static func head(_ major: UInt8, _ argument: UInt64) -> [UInt8] {
        switch argument {
        case 0..<24: [major << 5 | UInt8(argument)]
        case 24...0xff: wide(major, argument, bytes: 1)
        case 0x100...0xffff: wide(major, argument, bytes: 2)
        case 0x1_0000...0xffff_ffff: wide(major, argument, bytes: 4)
        default: wide(major, argument, bytes: 8)
        }
    }

    /// An argument in so many bytes, needed or not.
    static func wide(_ major: UInt8, _ argument: UInt64, bytes count: Int) -> [UInt8] {
        let digits = (0..<count).reversed().map {
            UInt8(truncatingIfNeeded: argument >> UInt64($0 * 8))
        }
        return [major << 5 | 24 + UInt8(count.trailingZeroBitCount)] + digits
    }

    static func integer(_ value: Int64) -> [UInt8] {
        value < 0 ? head(1, UInt64(~value)) : head(0, UInt64(value))
    }

    static func bytes(_ bytes: [UInt8]) -> [UInt8] { head(2, UInt64(bytes.count)) + bytes }

    static func text(_ text: String) -> [UInt8] { head(3, UInt64(text.utf8.count)) + text.utf8 }

    static func array(_ elements: [[UInt8]]) -> [UInt8] {
        head(4, UInt64(elements.count)) + elements.joined()
    }

    static func map(_ entries: [([UInt8], [UInt8])]) -> [UInt8] {
        head(5, UInt64(entries.count)) + entries.flatMap { $0 + $1 }
    }
}

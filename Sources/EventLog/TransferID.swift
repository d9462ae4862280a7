/// Identifier of a transfer, shown outside: a UUID version 7 (RFC 9562). All zero bits stand for none.
public struct TransferID: Hashable, Sendable {
    /// The first 64 bits.
    public var high: UInt64
    /// The last 64 bits.
    public var low: UInt64

    /// The identifier of two halves.
    @inlinable public init(high: UInt64, low: UInt64) {
        self.high = high
        self.low = low
    }

    /// No transfer.
    public static let none = TransferID(high: 0, low: 0)

    /// A new identifier: 48 bits of milliseconds, then random bits, so that identifiers grow with time.
    public init(milliseconds: Int64, random: inout some RandomNumberGenerator) {
        high = UInt64(truncatingIfNeeded: milliseconds) << 16 | 0x7000 | (random.next() & 0x0fff)
        low = 0x8000_0000_0000_0000 | (random.next() >> 2)
    }
}

extension TransferID: Comparable {
    /// In the order of the 128 bits, which is by time to the millisecond.
    @inlinable public static func < (a: TransferID, b: TransferID) -> Bool {
        a.high != b.high ? a.high < b.high : a.low < b.low
    }
}

extension TransferID: CustomStringConvertible, LosslessStringConvertible {
    /// The canonical text: 8-4-4-4-12 lower-case hexadecimal digits.
    public var description: String {
        let digits: StaticString = "0123456789abcdef"
        return String(unsafeUninitializedCapacity: 36) { buffer in
            var position = 0
            for index in 0..<32 {
                if index == 8 || index == 12 || index == 16 || index == 20 {
                    buffer[position] = 0x2d
                    position += 1
                }
                let half = index < 16 ? high : low
                let nibble = Int((half >> UInt64((15 - index % 16) * 4)) & 15)
                buffer[position] = digits.utf8Start[nibble]
                position += 1
            }
            return 36
        }
    }

    /// Reads the canonical text, in either case; nil for anything else.
    public init?(_ description: String) {
        var halves: (UInt64, UInt64) = (0, 0)
        var count = 0
        for (position, character) in description.utf8.enumerated() {
            if position == 8 || position == 13 || position == 18 || position == 23 {
                guard character == 0x2d else { return nil }
                continue
            }
            let digit: UInt8
            switch character {
            case 0x30...0x39: digit = character - 0x30
            case 0x61...0x66: digit = character - 0x57
            case 0x41...0x46: digit = character - 0x37
            default: return nil
            }
            guard count < 32 else { return nil }
            if count < 16 {
                halves.0 = halves.0 << 4 | UInt64(digit)
            } else {
                halves.1 = halves.1 << 4 | UInt64(digit)
            }
            count += 1
        }
        guard count == 32, description.utf8.count == 36 else { return nil }
        (high, low) = halves
    }
}

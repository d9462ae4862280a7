internal import Glibc

/// Numbers for names, from 1 in the order in which they first come. Equal names have equal numbers.
struct NameTable: Sendable {
    /// All names, one behind the other, and where each begins.
    private var bytes: [UInt8] = []
    private var starts: [Int] = []
    /// Open addressing, linear probing. A slot says where its name stands, so that a name is found with two looks into
    /// memory that is not at hand: the slot and the name.
    private var slots: [Slot]

    private struct Slot: Sendable {
        /// 0 for a free slot.
        var number: UInt32 = 0
        var hash: UInt32 = 0
        /// Where the name begins, and in the low bits how long it is.
        var place: UInt64 = 0

        var start: Int { Int(place >> 24) }
        var length: Int { Int(place & 0xff_ffff) }
    }

    init() { slots = [Slot](repeating: Slot(), count: 1 << 10) }

    /// How many names there are.
    var count: Int { starts.count }

    /// The name with a number.
    func name(_ number: Int) -> String {
        precondition(number > 0 && number <= count, "no name has number \(number)")
        let end = number == count ? bytes.count : starts[number]
        return String(decoding: bytes[starts[number - 1]..<end], as: UTF8.self)
    }

    /// The number of the name that stands in a part of `text`, at most 16 MiB; nil if it is new and not UTF-8.
    mutating func number(of range: Range<Int>, in text: [UInt8]) -> UInt32? {
        let name = text.span.extracting(range)
        let hash = Self.hash(name)
        let mask = slots.count - 1
        var place = Int(hash) & mask
        while slots[place].number != 0 {
            let slot = slots[place]
            if slot.hash == hash, slot.length == range.count,
                Self.isEqual(bytes, slot.start, text, range)
            {
                return slot.number
            }
            place = (place + 1) & mask
        }
        guard UTF8Text.isValid(name) else { return nil }
        precondition(range.count <= 0xff_ffff, "a name of \(range.count) bytes")
        let number = UInt32(count + 1)
        slots[place] = Slot(
            number: number, hash: hash,
            place: UInt64(bytes.count) << 24 | UInt64(range.count))
        starts.append(bytes.count)
        bytes.append(contentsOf: text[range])
        if count * 2 > slots.count { grow() }
        return number
    }

    private static func isEqual(
        _ bytes: [UInt8], _ start: Int, _ text: [UInt8], _ range: Range<Int>
    ) -> Bool {
        precondition(start + range.count <= bytes.count && range.upperBound <= text.count)
        return bytes.withUnsafeBytes { known in
            text.withUnsafeBytes { text in
                guard let known = known.baseAddress, let text = text.baseAddress else {
                    return range.isEmpty
                }
                return memcmp(known + start, text + range.lowerBound, range.count) == 0
            }
        }
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(), count: old.count * 2)
        let mask = slots.count - 1
        for slot in old where slot.number != 0 {
            var place = Int(slot.hash) & mask
            while slots[place].number != 0 { place = (place + 1) & mask }
            slots[place] = slot
        }
    }

    /// Eight bytes at a time by multiplication; the high and low halves are folded.
    private static func hash(_ name: Span<UInt8>) -> UInt32 {
        var state = UInt64(name.count) &* 0x9e37_79b9_7f4a_7c15
        var place = 0
        while place < name.count {
            var word: UInt64 = 0
            var shift: UInt64 = 0
            let end = min(place + 8, name.count)
            while place < end {
                word |= UInt64(name[place]) << shift
                shift += 8
                place += 1
            }
            let product = (state ^ word).multipliedFullWidth(by: 0xd1b5_4a32_d192_ed03)
            state = product.high ^ product.low
        }
        return UInt32(truncatingIfNeeded: state ^ state >> 32)
    }
}

/// Whether bytes are UTF-8.
enum UTF8Text {
    static func isValid(_ text: Span<UInt8>) -> Bool {
        var seen: UInt8 = 0
        for index in text.indices { seen |= text[index] }
        guard seen >= 0x80 else { return true }
        return String(validating: text.indices.map { text[$0] }, as: UTF8.self) != nil
    }
}

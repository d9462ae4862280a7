/// Numbers for names, from 1 in the order in which they first come. Equal names have equal numbers.
struct NameTable: Sendable {
    /// All names, one behind the other, and where each ends.
    private var bytes: [UInt8] = []
    private var ends: [Int] = [0]
    /// Open addressing, linear probing: number and hash of a name; number 0 is a free slot.
    private var slots: [Slot]

    private struct Slot: Sendable {
        var number: UInt32
        var hash: UInt32
    }

    init() { slots = [Slot](repeating: Slot(number: 0, hash: 0), count: 1 << 10) }

    /// How many names there are.
    var count: Int { ends.count - 1 }

    /// The name with a number.
    func name(_ number: Int) -> String {
        precondition(number > 0 && number <= count, "no name has number \(number)")
        return String(decoding: bytes[ends[number - 1]..<ends[number]], as: UTF8.self)
    }

    /// The number of the name that stands in a part of `text`; nil if it is new and not UTF-8.
    mutating func number(of range: Range<Int>, in text: [UInt8]) -> UInt32? {
        let name = text.span.extracting(range)
        let hash = Self.hash(name)
        let mask = slots.count - 1
        var place = Int(hash) & mask
        while slots[place].number != 0 {
            if slots[place].hash == hash, isEqual(Int(slots[place].number), name) {
                return slots[place].number
            }
            place = (place + 1) & mask
        }
        guard UTF8Text.isValid(name) else { return nil }
        for index in name.indices { bytes.append(name[index]) }
        ends.append(bytes.count)
        let number = UInt32(count)
        slots[place] = Slot(number: number, hash: hash)
        if count * 2 > slots.count { grow() }
        return number
    }

    private func isEqual(_ number: Int, _ name: Span<UInt8>) -> Bool {
        let start = ends[number - 1]
        guard ends[number] - start == name.count else { return false }
        for index in name.indices where bytes[start + index] != name[index] { return false }
        return true
    }

    private mutating func grow() {
        let old = slots
        slots = [Slot](repeating: Slot(number: 0, hash: 0), count: old.count * 2)
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

extension Timestamp {
    /// How many decimals of a second are written.
    public enum Decimals: Sendable {
        /// Always six.
        case six
        /// As many as needed, none for whole seconds.
        case needed
    }

    /// The moment in UTC after RFC 3339, such as `2026-01-31T23:59:59.250000Z`, in the proleptic Gregorian calendar.
    /// Moments of the years 0000 to 9999 can be written, and are read again exactly.
    public func rfc3339(decimals: Decimals = .six) -> String {
        let (seconds, micros) = CivilDate.floorDivide(rawValue, 1_000_000)
        let (days, secondOfDay) = CivilDate.floorDivide(seconds, 86_400)
        let date = CivilDate(daysSince1970: days)
        return String(unsafeUninitializedCapacity: 27) { buffer in
            func put(_ value: Int64, at end: Int, digits: Int) {
                var rest = value
                for position in stride(from: end - 1, through: end - digits, by: -1) {
                    buffer[position] = UInt8(ascii: "0") + UInt8(rest % 10)
                    rest /= 10
                }
            }
            put(date.year, at: 4, digits: 4)
            put(date.month, at: 7, digits: 2)
            put(date.day, at: 10, digits: 2)
            put(secondOfDay / 3_600, at: 13, digits: 2)
            put(secondOfDay / 60 % 60, at: 16, digits: 2)
            put(secondOfDay % 60, at: 19, digits: 2)
            put(micros, at: 26, digits: 6)
            buffer[4] = UInt8(ascii: "-")
            buffer[7] = UInt8(ascii: "-")
            buffer[10] = UInt8(ascii: "T")
            buffer[13] = UInt8(ascii: ":")
            buffer[16] = UInt8(ascii: ":")
            buffer[19] = UInt8(ascii: ".")
            var end = 26
            if case .needed = decimals {
                while buffer[end - 1] == UInt8(ascii: "0") { end -= 1 }
                if end == 20 { end = 19 }
            }
            buffer[end] = UInt8(ascii: "Z")
            return end + 1
        }
    }

    /// Reads a `date-time` of RFC 3339, section 5.6: four digits of the year, two of everything else, `T`, and `Z` or
    /// an offset such as `+02:00`; `t` and `z` may be small, and there may be any number of decimals, of which those
    /// beyond the sixth are cut off. Nil for anything else: a space in place of the `T`, an offset without a colon, a
    /// date that the calendar does not have, and leap seconds, of which the ledger's clock knows none.
    public init?(rfc3339 text: String) { self.init(rfc3339: Array(text.utf8)) }

    /// The same, of UTF-8.
    public init?(rfc3339 text: [UInt8]) { self.init(rfc3339: text.span) }

    /// The same, of UTF-8 that is not copied.
    public init?(rfc3339 text: Span<UInt8>) {
        var reader = RFC3339Reader()
        guard let year = reader.number(4, text), reader.take("-", text),
            let month = reader.number(2, text), (1...12).contains(month), reader.take("-", text),
            let day = reader.number(2, text), (1...CivilDate.daysIn(month, year)).contains(day),
            reader.take("T", text) || reader.take("t", text),
            let hour = reader.number(2, text), hour < 24, reader.take(":", text),
            let minute = reader.number(2, text), minute < 60, reader.take(":", text),
            let second = reader.number(2, text), second < 60,
            let micros = reader.fraction(text), let offset = reader.offset(text),
            reader.position == text.count
        else { return nil }
        let time = hour * 3_600 + minute * 60 + second - offset
        let days = CivilDate(year: year, month: month, day: day).daysSince1970
        self.init((days * 86_400 + time) * 1_000_000 + micros)
    }
}

/// Takes a `date-time` apart, from left to right.
private struct RFC3339Reader {
    private(set) var position = 0

    mutating func take(_ character: Unicode.Scalar, _ text: Span<UInt8>) -> Bool {
        guard position < text.count, text[position] == UInt8(ascii: character) else {
            return false
        }
        position += 1
        return true
    }

    private mutating func digit(_ text: Span<UInt8>) -> Int64? {
        guard position < text.count, text[position] >= 0x30, text[position] <= 0x39 else {
            return nil
        }
        defer { position += 1 }
        return Int64(text[position] - 0x30)
    }

    mutating func number(_ digits: Int, _ text: Span<UInt8>) -> Int64? {
        var value: Int64 = 0
        for _ in 0..<digits {
            guard let digit = digit(text) else { return nil }
            value = value * 10 + digit
        }
        return value
    }

    /// Microseconds; 0 without a point, nil without a digit after one.
    mutating func fraction(_ text: Span<UInt8>) -> Int64? {
        guard take(".", text) else { return 0 }
        guard let first = digit(text) else { return nil }
        var (micros, unit) = (first * 100_000, Int64(10_000))
        while let digit = digit(text) {
            micros += digit * unit
            unit /= 10
        }
        return micros
    }

    /// Seconds east of UTC.
    mutating func offset(_ text: Span<UInt8>) -> Int64? {
        if take("Z", text) || take("z", text) { return 0 }
        let sign: Int64 = take("+", text) ? 1 : -1
        guard sign == 1 || take("-", text), let hours = number(2, text), hours < 24,
            take(":", text), let minutes = number(2, text), minutes < 60
        else { return nil }
        return sign * (hours * 3_600 + minutes * 60)
    }
}

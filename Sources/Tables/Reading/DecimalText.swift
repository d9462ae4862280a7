internal import Glibc

/// Numbers as tables write them: digits with at most one decimal point, and an exponent if need be.
enum DecimalText {
    private static let zero = UInt8(ascii: "0")
    private static let point = UInt8(ascii: ".")
    private static let minus = UInt8(ascii: "-")

    /// The double nearest to a decimal number such as `-12.5e-3`, ties to even; nil for anything else, infinities, NaN
    /// and numbers beyond the range of doubles among it.
    static func double(_ text: Span<UInt8>) -> Double? {
        var place = 0
        let end = text.count
        var isNegative = false
        if place < end, text[place] == minus || text[place] == UInt8(ascii: "+") {
            isNegative = text[place] == minus
            place += 1
        }
        var digits: UInt64 = 0
        /// Digits that count in `digits`: 19 fit without overflow.
        var significant = 0
        var seen = 0
        var exponent = 0
        var isExact = true
        var isBehindPoint = false
        while place < end {
            let byte = text[place]
            if byte == point, !isBehindPoint {
                isBehindPoint = true
            } else {
                let digit = byte &- zero
                guard digit < 10 else { break }
                seen += 1
                if significant < 19 {
                    digits = digits &* 10 &+ UInt64(digit)
                    if digits != 0 { significant += 1 }
                    if isBehindPoint { exponent -= 1 }
                } else {
                    if digit != 0 { isExact = false }
                    if !isBehindPoint { exponent += 1 }
                }
            }
            place += 1
        }
        guard seen > 0 else { return nil }
        if place < end {
            guard text[place] | 0x20 == UInt8(ascii: "e"),
                let shift = self.exponent(text, from: place + 1)
            else { return nil }
            exponent += shift
        }
        // William Clinger, "How to read floating point numbers accurately" (1990): both factors are exact doubles, so
        // that one rounding is the only one.
        if isExact, digits <= 1 << 53, exponent >= -22, exponent <= 22 {
            let magnitude =
                exponent < 0
                ? Double(digits) / powers[-exponent] : Double(digits) * powers[exponent]
            return isNegative ? -magnitude : magnitude
        }
        return slowDouble(text)
    }

    private static func exponent(_ text: Span<UInt8>, from start: Int) -> Int? {
        var place = start
        var isNegative = false
        if place < text.count, text[place] == minus || text[place] == UInt8(ascii: "+") {
            isNegative = text[place] == minus
            place += 1
        }
        guard place < text.count else { return nil }
        var value = 0
        while place < text.count {
            let digit = text[place] &- zero
            guard digit < 10 else { return nil }
            value = min(value * 10 + Int(digit), 100_000)
            place += 1
        }
        return isNegative ? -value : value
    }

    /// The C library's reading, which is correctly rounded too. The text is known to be a number.
    private static func slowDouble(_ text: Span<UInt8>) -> Double? {
        let value = withUnsafeTemporaryAllocation(of: CChar.self, capacity: text.count + 1) {
            copy in
            for index in text.indices { copy[index] = CChar(bitPattern: text[index]) }
            copy[text.count] = 0
            return copy.baseAddress.map { strtod($0, nil) } ?? .nan
        }
        return value.isFinite ? value : nil
    }

    /// 10⁰ … 10²², all exact.
    private static let powers: [Double] = (0...22).map { power in
        (0..<power).reduce(1.0) { product, _ in product * 10 }
    }

    /// A whole number without a sign; nil for anything else or beyond `maximum`.
    static func natural(_ text: Span<UInt8>, maximum: Int64) -> Int64? {
        guard text.count > 0, text.count < 20 else { return nil }
        var value: Int64 = 0
        for index in text.indices {
            let digit = text[index] &- zero
            guard digit < 10 else { return nil }
            let (tenfold, isOver) = value.multipliedReportingOverflow(by: 10)
            let (sum, isBeyond) = tenfold.addingReportingOverflow(Int64(digit))
            guard !isOver, !isBeyond else { return nil }
            value = sum
        }
        return value <= maximum ? value : nil
    }

    /// How long `text` is without zeros at its end that stand behind more than `scale` decimals: they change nothing.
    static func lengthWithoutIdleZeros(_ text: Span<UInt8>, scale: Int) -> Int {
        guard let place = text.indices.first(where: { text[$0] == point }) else {
            return text.count
        }
        var end = text.count
        while end > place + 1 + scale, text[end - 1] == zero { end -= 1 }
        // A point needs a decimal.
        return end == place + 1 && text.count > end ? place : end
    }
}

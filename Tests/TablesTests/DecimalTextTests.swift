import SplitMix
import TestSeed
import Testing

@testable import Tables

@Suite struct DecimalTextTests {
    private static func double(_ text: String) -> Double? {
        DecimalText.double(Array(text.utf8).span)
    }

    @Test(arguments: [
        "0", "-0", "1", "12.5", ".5", "5.", "1e3", "1E-3", "+7", "123456789012345678901234567890",
        "9007199254740993", "0.1", "1e22", "1e23", "1.7976931348623157e308", "5e-324", "2.5e-324",
        "2.2250738585072011e-308", "0.000000000000000000000000000001", "1e-400",
        "100000000000000000000000.0000000000000000000001",
    ])
    func `numbers are read as the nearest double`(text: String) {
        #expect(
            Self.double(text)?.bitPattern
                == Double(text.hasSuffix(".") ? text + "0" : text)?.bitPattern)
    }

    @Test(arguments: [
        "", "-", ".", "e5", "1e", "1e+", "nan", "inf", "-Infinity", "0x10", "1 ", " 1", "1,5",
        "1..2",
        "1e999", "١",
    ])
    func `what is no finite number is refused`(text: String) { #expect(Self.double(text) == nil) }

    @Test func `every double's digits are read back to the same double`() {
        let seed = TestSeed.choose("digits")
        var random = SplitMix64(seed: seed)
        var buffer = TextBuffer()
        for _ in 0..<50_000 {
            let drawn = Double(bitPattern: random.next())
            for value in [drawn, drawn.rounded(), Double(random.below(1_000_000)) / 1_000] {
                guard value.isFinite else { continue }
                buffer.removeAll()
                buffer.append(value)
                #expect(DecimalText.double(buffer.bytes.span)?.bitPattern == value.bitPattern)
                #expect(Self.double("\(value)")?.bitPattern == value.bitPattern)
            }
        }
        buffer.removeAll()
        buffer.append(Double.nan)
        #expect(buffer.bytes.isEmpty)
    }

    @Test func `zeros that change nothing may stand beyond a currency's scale`() {
        func length(_ text: String, _ scale: Int) -> Int {
            DecimalText.lengthWithoutIdleZeros(Array(text.utf8).span, scale: scale)
        }
        #expect(length("12.5000", 2) == 5)
        #expect(length("12.505", 2) == 6)
        #expect(length("500.0", 0) == 3)
        #expect(length("500.", 0) == 4)
        #expect(length("500", 2) == 3)
    }
}

import Testing

@testable import QRCodes

@Suite struct QRCodeTests {
    @Test func `a code has its three corners, and its picture has each dark module once`() throws {
        let code = try #require(QRCode("https://wallet.test/pay/pay_abc"))
        #expect(code.width >= 21 && (code.width - 21).isMultiple(of: 4))
        for (row, column) in [(0, 0), (0, code.width - 7), (code.width - 7, 0)] {
            for offset in 0..<7 {
                #expect(code.isDark(row: row, column: column + offset))
                #expect(code.isDark(row: row + offset, column: column))
            }
            #expect(!code.isDark(row: row + 1, column: column + 1))
            #expect(code.isDark(row: row + 3, column: column + 3))
        }
        let dark = (0..<code.width * code.width).filter {
            code.isDark(row: $0 / code.width, column: $0 % code.width)
        }.count
        let runs = code.svg.split(separator: "h").dropFirst().compactMap {
            Int($0.prefix { $0.isNumber })
        }
        #expect(runs.reduce(0, +) >= dark)
        #expect(!code.isDark(row: -1, column: 0))
    }

    @Test func `nothing and far too much have no code`() {
        #expect(QRCode("") == nil)
        #expect(QRCode(String(repeating: "a", count: 5_000)) == nil)
    }
}

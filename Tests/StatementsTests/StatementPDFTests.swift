import EventLog
import Foundation
import SplitMix
import TestSeed
import Testing

@testable import Statements

@Suite struct StatementPDFTests {
    private static let fonts: [PDFFont] = [
        .standard,
        .trueType(
            path: "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf",
            bold: "/usr/share/fonts/truetype/dejavu/DejaVuSans-Bold.ttf"),
    ]

    /// libharu maps characters with an operator that poppler does not expect there; it reads them
    /// nevertheless.
    private static let knownComplaint =
        "Syntax Warning: Invalid 'begincidrange' operator in ToUnicode CMap"

    private static func statement(lines count: Int, _ code: String = "USD") throws -> Statement {
        let amounts = (0..<count).map { Int64($0 % 7 - 3) * 1_234 + Int64($0) }
        return try Sample.statement(amounts, account: Sample.account(code))
    }

    /// Where `STATEMENT_PICTURES` names a folder, for whoever wants to look.
    private static func keep(_ pdf: [UInt8], _ name: String) throws {
        guard let folder = ProcessInfo.processInfo.environment["STATEMENT_PICTURES"] else { return }
        try Data(pdf).write(to: URL(fileURLWithPath: "\(folder)/\(name).pdf"))
    }

    private static func pages(_ pdf: [UInt8]) throws -> Int? {
        let info = try Tool.pdfInfo.text(["-"], input: pdf)
        return info.firstMatch(of: /Pages: +([0-9]+)\n/).flatMap { Int($0.1) }
    }

    private static func text(_ pdf: [UInt8]) throws -> String {
        try Tool.pdfToText.text(["-layout", "-", "-"], input: pdf)
    }

    @Test(
        arguments: [(0, 1), (1, 1), (22, 1), (23, 2), (40, 2), (500, 17)], Self.fonts)
    func `every line and total is on some page, and pages are numbered`(
        lines: (count: Int, pages: Int), font: PDFFont
    ) throws {
        let statement = try Self.statement(lines: lines.count)
        let pdf = try statement.pdf(font: font)
        #expect(try Self.pages(pdf) == lines.pages)
        let text = try Self.text(pdf)
        let pages = text.split(separator: "\u{c}")
        for number in 1...lines.pages {
            #expect(pages[number - 1].contains("page \(number) of \(lines.pages)"))
        }
        let rows = text.split(separator: "\n").map {
            $0.split(separator: " ").joined(separator: " ")
        }
        for line in statement.lines {
            let time = line.time.rfc3339()
            let row =
                "\(time.prefix(10)) \(time.dropFirst(11).prefix(8)) payment Bob "
                + "\(statement.decimal(line.amountMinor)) \(statement.decimal(line.balanceMinor))"
            #expect(rows.contains(row), "\(row)")
            #expect(rows.contains("#\(line.sequence.rawValue) \(line.transfer)"))
        }
        for (name, minor) in [
            ("Opening balance", statement.openingMinor), ("Total in", statement.totals.inMinor),
            ("Total out", statement.totals.outMinor), ("Total fees", statement.totals.feesMinor),
            ("Closing balance", statement.closingMinor),
        ] {
            #expect(rows.contains { $0.hasSuffix("\(name) \(statement.decimal(minor)) USD") })
        }
        for part in ["Ada Lovelace", "@ada", "wallet-1", "2026-11 (UTC)"] {
            #expect(pages[0].contains(part))
        }
    }

    @Test func `each line is on just one page, and the totals are on the last`() {
        for count in 0..<700 {
            let ranges = StatementPages(lineCount: count).ranges
            #expect(ranges.flatMap { Array($0) } == Array(0..<count))
            for (page, range) in ranges.enumerated() {
                let isLast = page == ranges.count - 1
                let end =
                    StatementPages.firstRow(onPage: page) + range.count * StatementPages.rowHeight
                    + (isLast ? StatementPages.totalsHeight : 0)
                #expect(end <= StatementPages.bottom)
                #expect(isLast || !range.isEmpty)
            }
        }
    }

    @Test(arguments: Self.fonts)
    func `the same statement gives the same bytes`(font: PDFFont) throws {
        let statement = try Self.statement(lines: 60)
        let first = try statement.pdf(font: font)
        Thread.sleep(forTimeInterval: 1.1)
        #expect(try statement.pdf(font: font) == first)
        let info = try Tool.pdfInfo.run(["-rawdates", "-"], input: first).text
        #expect(info.contains("D:20261201000000Z"))
        #expect(info.contains("Statement of wallet-1"))
        #expect(try Self.statement(lines: 61).pdf(font: font) != first)
    }

    @Test func `hostile and foreign texts harm no other text`() throws {
        for (index, font) in Self.fonts.enumerated() {
            let lines = try Sample.hostileTexts.enumerated().map {
                try Sample.line($0 + 1, 1, balance: Int64($0 + 1), counterparty: $1)
            }
            let statement = try Statement(
                account: Sample.account("JPY", name: "日本語 \u{202e}Ünï\n"),
                period: StatementPeriod(month: Sample.november), openingMinor: 0, lines: lines,
                closingMinor: Int64(lines.count))
            let pdf = try statement.pdf(font: font)
            try Self.keep(pdf, "hostile-\(index)")
            let text = try Self.text(pdf)
            #expect(text.contains("Ünïcödé ©"))
            #expect(text.contains("=HYPERLINK"))
            #expect(text.contains("WWW…"))
            #expect(text.contains("ééé…"))
            #expect(text.contains("include /etc/passwd"))
            #expect(text.contains("(code) * ! ="))
            #expect(text.contains("\\\""))
            for line in lines {
                #expect(text.contains(line.transfer.description))
            }
            #expect(text.contains("Closing balance"))
            let complaints = try Tool.pdfToText.run(["-", "-"], input: pdf).complaints
                .split(separator: "\n").filter { $0 != Self.knownComplaint }
            #expect(complaints.isEmpty)
        }
    }

    @Test func `a character that a font does not have shows as a mark`() throws {
        let account = try Sample.account(name: "Ж日😀é€")
        let statement = try Sample.statement([], account: account)
        #expect(try Self.text(statement.pdf()).contains("???é€"))
        #expect(try Self.text(statement.pdf(font: Self.fonts[1])).contains("Ж\u{fffd}\u{fffd}é€"))
    }

    @Test func `the longest amounts fit their columns`() throws {
        for code in ["USD", "JPY", "ETH"] {
            let statement = try Sample.statement(
                [-.max, .max], opening: 0, account: Sample.account(code))
            for font in Self.fonts {
                let text = try Self.text(statement.pdf(font: font))
                for line in statement.lines {
                    #expect(text.contains(" \(statement.decimal(line.amountMinor)) "))
                    #expect(text.contains(" \(statement.decimal(line.balanceMinor))\n"))
                }
            }
        }
    }

    @Test func `a font that cannot be read is refused by name`() throws {
        let statement = try Self.statement(lines: 1)
        for path in ["/nowhere/font.ttf", "/etc/passwd", "/usr", ""] {
            let error = Sample.error {
                try statement.pdf(font: .trueType(path: path, bold: nil))
            }
            #expect(error?.code == .unusableFont)
            #expect(error?.detail.hasPrefix("\(path) cannot be embedded") == true)
        }
        let same = "/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf"
        #expect(try !statement.pdf(font: .trueType(path: same, bold: same)).isEmpty)
    }

    @Test func `a page can be drawn as a picture that is not blank`() throws {
        for (index, font) in Self.fonts.enumerated() {
            let pdf = try Self.statement(lines: 40).pdf(font: font)
            let picture = try Tool.pdfToImage.run(
                ["-r", "80", "-png", "-f", "1", "-l", "1", "-"], input: pdf)
            #expect(picture.isSuccess && picture.bytes.count > 10_000)
            try Self.keep(pdf, "plain-\(index)")
        }
    }
}

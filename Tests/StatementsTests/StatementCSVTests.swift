import EventLog
import Foundation
import SplitMix
import TestSeed
import Testing

@testable import Statements

@Suite struct StatementCSVTests {
    private static func expected(_ statement: Statement) -> [[String]] {
        [Statement.columns]
            + statement.lines.map { line in
                [
                    String(line.sequence.rawValue), line.time.rfc3339(), line.kind.rawValue,
                    line.transfer.description, CSVText.harmless(line.counterparty),
                    String(line.hasEncryptedNote), statement.decimal(line.amountMinor),
                    statement.decimal(line.balanceMinor), statement.account.currency.code,
                    line.relatedTransfer?.description ?? "",
                ]
            }
    }

    private static func hasSameScalars(_ a: [[String]], _ b: [[String]]) -> Bool {
        a.elementsEqual(b) { $0.elementsEqual($1) { $0.sameScalars(as: $1) } }
    }

    private static func hostileStatement() throws -> Statement {
        let lines = try Sample.hostileTexts.enumerated().map {
            try Sample.line($0 + 1, 1, balance: Int64($0 + 1), counterparty: $1)
        }
        return try Statement(
            account: Sample.account("ETH"), period: StatementPeriod(month: Sample.november),
            openingMinor: 0, lines: lines, closingMinor: Int64(lines.count))
    }

    @Test func `a strict reader finds every field of random histories`() throws {
        var random = SplitMix64(seed: TestSeed.choose("StatementCSVTests.strict"))
        for code in ["JPY", "USD", "BTC", "ETH"] {
            let statement = try Sample.history(
                Sample.account(code), StatementPeriod(month: Sample.november), opening: 0,
                count: 200, &random)
            let read = try CSVReader.records(statement.csv())
            #expect(Self.hasSameScalars(read, Self.expected(statement)))
        }
        #expect(try CSVReader.records(Sample.statement([]).csv()) == [Statement.columns])
    }

    @Test func `the strict reader refuses what is not strict`() {
        for text in ["a\n", "a", "a,b\r\nc\r\n", "\"a\r\n", "\"a\"b\r\n", "a\"b\r\n", "a\rb\r\n"] {
            #expect(throws: CSVReader.Failure.self) { try CSVReader.records(Array(text.utf8)) }
        }
    }

    @Test func `Python's csv finds the same fields`() throws {
        let statement = try Self.hostileStatement()
        let script = """
            import csv, io, json, sys
            text = sys.stdin.buffer.read().decode("utf-8", errors="strict")
            rows = list(csv.reader(io.StringIO(text, newline=""), strict=True))
            print(json.dumps(rows))
            """
        let answer = try Tool.python.text(["-c", script], input: statement.csv())
        let rows = try JSONDecoder().decode([[String]].self, from: Data(answer.utf8))
        #expect(Self.hasSameScalars(rows, Self.expected(statement)))
    }

    @Test func `no text can begin a formula, and each is told back from its field`() throws {
        for text in Sample.hostileTexts {
            let field = CSVText.harmless(text)
            #expect(
                !"=+-@\t\r\n\u{ff1d}".unicodeScalars.contains(field.unicodeScalars.first ?? "x"))
            let rest = field.unicodeScalars.drop { $0 == "'" }
            let isMarked =
                rest.first.map { "=+-@\t\r\n\u{ff1d}".unicodeScalars.contains($0) } ?? false
            let isPrefixed = isMarked && field.unicodeScalars.first == "'"
            let back = isPrefixed ? String(field.unicodeScalars.dropFirst()) : field
            if text.unicodeScalars.allSatisfy({ $0.value >= 0x20 && $0 != "\u{7f}" }) {
                #expect(back.sameScalars(as: text))
            }
        }
        #expect(CSVText.harmless("=1+1") == "'=1+1")
        #expect(CSVText.harmless("'=1+1") == "''=1+1")
        #expect(CSVText.harmless("'t Hooft") == "'t Hooft")
        #expect(CSVText.harmless("=\u{301}").unicodeScalars.first == "'")
        #expect(CSVText.harmless("\r\nx").unicodeScalars.first == "'")
        #expect(CSVText.harmless("a\u{0}b") == "a\u{fffd}b")
        #expect(CSVText.harmless("1-1") == "1-1")
    }

    @Test func `records end in CR and LF, and amounts keep their sign`() throws {
        let text = String(decoding: try Sample.statement([-1_250]).csv(), as: UTF8.self)
        #expect(
            text == "sequence,time,kind,transfer_id,counterparty,has_encrypted_note,amount,balance,"
                + "currency,related_transfer_id\r\n1,2026-11-01T00:01:00.000000Z,payment,"
                + "01900000-0000-7000-8000-000000000001,Bob,false,-12.50,87.50,USD,\r\n")
    }
}

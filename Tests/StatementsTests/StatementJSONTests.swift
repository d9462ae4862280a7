import EventLog
import Foundation
import SplitMix
import TestSeed
import Testing

@testable import Statements

@Suite struct StatementJSONTests {
    private static var decoder: JSONDecoder {
        let decoder = JSONDecoder()
        decoder.keyDecodingStrategy = .convertFromSnakeCase
        return decoder
    }

    @Test func `a statement has its members in the documented order`() throws {
        let line = try Sample.line(
            7, -1_250, balance: -250, counterparty: "Bob \"B\"\n", note: true,
            related: Sample.transfer(3))
        let statement = try Statement(
            account: Sample.account(), period: StatementPeriod(month: Sample.november),
            openingMinor: 1_000, lines: [line], closingMinor: -250)
        let expected =
            #"{"format":"holdfast-statement-1","account":"wallet-1","#
            + #""holder":{"name":"Ada Lovelace","handle":"@ada"},"currency":"USD","#
            + #""period":{"from":"2026-11-01T00:00:00.000000Z","#
            + #""until":"2026-12-01T00:00:00.000000Z"},"#
            + #""opening_balance":"10.00","closing_balance":"-2.50","#
            + #""totals":{"in":"0.00","out":"12.50","fees":"0.00"},"#
            + #""lines":[{"sequence":7,"time":"2026-11-01T00:07:00.000000Z","kind":"payment","#
            + #""transfer_id":"01900000-0000-7000-8000-000000000007","#
            + #""counterparty":"Bob \"B\"\n","has_encrypted_note":true,"amount":"-12.50","#
            + #""balance":"-2.50","#
            + #""related_transfer_id":"01900000-0000-7000-8000-000000000003"}]}"#
        #expect(String(decoding: statement.json(), as: UTF8.self) == expected)
    }

    @Test(arguments: ["JPY", "USD", "KWD", "BTC", "ETH"])
    func `Foundation reads back every figure and every text`(code: String) throws {
        var random = SplitMix64(seed: TestSeed.choose("StatementJSONTests.\(code)"))
        for _ in 0..<20 {
            let statement = try Sample.history(
                Sample.account(code, name: Sample.hostileTexts[random.below(40)]),
                StatementPeriod(month: Sample.november), opening: 0, count: 40, &random)
            let read = try Self.decoder.decode(
                ReadStatement.self, from: Data(statement.json()))
            func minor(_ text: String) throws -> Int64 {
                try Money(text, currency: statement.account.currency).minor
            }
            #expect(read.holder.name.sameScalars(as: statement.account.holder.name))
            #expect(Timestamp(rfc3339: read.period.from) == statement.period.from)
            #expect(Timestamp(rfc3339: read.period.until) == statement.period.until)
            #expect(try minor(read.openingBalance) == statement.openingMinor)
            #expect(try minor(read.closingBalance) == statement.closingMinor)
            #expect(try minor(read.totals.in) == statement.totals.inMinor)
            #expect(try minor(read.totals.out) == statement.totals.outMinor)
            #expect(try minor(read.totals.fees) == statement.totals.feesMinor)
            #expect(read.lines.count == statement.lines.count)
            for (read, line) in zip(read.lines, statement.lines) {
                #expect(read.sequence == line.sequence.rawValue)
                #expect(Timestamp(rfc3339: read.time) == line.time)
                #expect(read.kind == line.kind.rawValue)
                #expect(TransferID(read.transferId) == line.transfer)
                #expect(read.counterparty.sameScalars(as: line.counterparty))
                #expect(read.hasEncryptedNote == line.hasEncryptedNote)
                #expect(try minor(read.amount) == line.amountMinor)
                #expect(try minor(read.balance) == line.balanceMinor)
                #expect(read.relatedTransferId.flatMap { TransferID($0) } == line.relatedTransfer)
            }
        }
    }
}

private struct ReadStatement: Decodable {
    struct Holder: Decodable { let name, handle: String }
    struct Period: Decodable { let from, until: String }
    struct Totals: Decodable { let `in`, out, fees: String }
    struct Line: Decodable {
        let sequence: Int64
        let time, kind, transferId, counterparty, amount, balance: String
        let hasEncryptedNote: Bool
        let relatedTransferId: String?
    }
    let format, account, currency, openingBalance, closingBalance: String
    let holder: Holder
    let period: Period
    let totals: Totals
    let lines: [Line]
}

extension String {
    /// Swift's own equality takes composed and decomposed letters for the same.
    func sameScalars(as other: String) -> Bool {
        unicodeScalars.elementsEqual(other.unicodeScalars)
    }
}

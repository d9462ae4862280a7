import Cryptography
import EventLog
import Foundation
import Testing

@testable import Statements

@Suite struct ReceiptTests {
    private static func receipt(
        payer name: String = "Ada", sequence: Int64 = 42, minor: Int64 = 1_250,
        reservedAt: Int64 = 1_793_000_000_000_000, postedAt: Int64? = 1_793_000_000_250_000,
        decision: String = "approve", hasExchange: Bool = true
    ) throws -> Receipt {
        let (usd, eur) = (try Sample.currency("USD"), try Sample.currency("EUR"))
        return try Receipt(
            transfer: Sample.transfer(1), sequence: Sequence(sequence),
            payer: ReceiptParty(holder: Holder(name: name, handle: "@ada"), account: "wallet-1"),
            payee: ReceiptParty(holder: Holder(name: "Bob", handle: "@bob"), account: "wallet-2"),
            amount: Money(minor: minor, currency: usd),
            fees: [ReceiptFee(bearer: .payer, amount: Money(minor: 25, currency: usd))],
            exchange: hasExchange
                ? ReceiptExchange(
                    rate: "1 USD = 0.92 EUR", delivered: Money(minor: 1_150, currency: eur)) : nil,
            reservedAt: Timestamp(reservedAt), postedAt: postedAt.map { Timestamp($0) },
            decision: decision)
    }

    @Test func `the canonical form has its members in the documented order`() throws {
        let expected =
            #"{"format":"holdfast-receipt-1","#
            + #""transfer_id":"01900000-0000-7000-8000-000000000001","sequence":42,"#
            + #""payer":{"name":"Ada","handle":"@ada","account":"wallet-1"},"#
            + #""payee":{"name":"Bob","handle":"@bob","account":"wallet-2"},"#
            + #""currency":"USD","amount":"12.50","#
            + #""fees":[{"paid_by":"payer","currency":"USD","amount":"0.25"}],"#
            + #""exchange":{"rate":"1 USD = 0.92 EUR","currency":"EUR","delivered":"11.50"},"#
            + #""reserved_at":"2026-10-26T07:33:20.000000Z","#
            + #""posted_at":"2026-10-26T07:33:20.250000Z","decision":"approve"}"#
        let receipt = try Self.receipt()
        #expect(String(decoding: receipt.canonicalBytes, as: UTF8.self) == expected)
        #expect(receipt.hash == SHA256.hash(Array(expected.utf8)))
        #expect(
            String(decoding: receipt.json(), as: UTF8.self)
                == expected.dropLast() + ",\"sha256\":\"\(receipt.hash)\"}")
    }

    @Test func `what is not there is null`() throws {
        let json = try Self.receipt(postedAt: nil, hasExchange: false).json()
        let read = try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any]
        #expect(read?["exchange"] is NSNull)
        #expect(read?["posted_at"] is NSNull)
        #expect(read?["sequence"] as? Int == 42)
    }

    @Test func `a receipt that comes back unchanged is known by its hash`() throws {
        for name in Sample.hostileTexts {
            let receipt = try Self.receipt(payer: name)
            let json = receipt.json()
            #expect(Receipt.hash(sealing: json) == receipt.hash)
            let read = try JSONSerialization.jsonObject(with: Data(json)) as? [String: Any]
            #expect((read?["payer"] as? [String: String])?["name"]?.sameScalars(as: name) == true)
        }
    }

    @Test func `a receipt with any bit changed, or cut, is not`() throws {
        let json = try Self.receipt().json()
        for place in json.indices {
            for bit in 0..<8 {
                var forged = json
                forged[place] ^= 1 << UInt8(bit)
                #expect(Receipt.hash(sealing: forged) == nil)
            }
            #expect(Receipt.hash(sealing: Array(json[..<place])) == nil)
        }
        #expect(Receipt.hash(sealing: json + [0x0a]) == nil)
        #expect(Receipt.hash(sealing: []) == nil)
    }

    @Test func `every fact changes the hash`() throws {
        let hashes = [
            try Self.receipt(), try Self.receipt(payer: "Eve"), try Self.receipt(sequence: 43),
            try Self.receipt(minor: 1_251), try Self.receipt(reservedAt: 1_793_000_000_000_001),
            try Self.receipt(postedAt: nil), try Self.receipt(decision: "challenge"),
            try Self.receipt(hasExchange: false),
        ].map(\.hash)
        #expect(Set(hashes).count == hashes.count)
    }

    @Test func `a receipt that contradicts itself is refused`() throws {
        func code(_ body: @autoclosure () throws -> Receipt) -> StatementError.Code? {
            Sample.error { try body() }?.code
        }
        #expect(try code(Self.receipt(sequence: 0)) == .inconsistentReceipt)
        #expect(try code(Self.receipt(minor: 0)) == .inconsistentReceipt)
        #expect(try code(Self.receipt(minor: -1)) == .inconsistentReceipt)
        #expect(try code(Self.receipt(postedAt: 1)) == .inconsistentReceipt)
        #expect(try code(Self.receipt(reservedAt: -1, postedAt: nil)) == .outOfRange)
        #expect(try code(Self.receipt(postedAt: .max)) == .outOfRange)
        #expect(try code(Self.receipt(decision: "Approve!")) == .malformedWord)
        let usd = try Sample.currency("USD")
        let fee = Sample.error {
            try ReceiptFee(bearer: .payee, amount: Money(minor: -1, currency: usd))
        }
        #expect(fee?.code == .inconsistentReceipt)
        let exchange = Sample.error {
            try ReceiptExchange(rate: "", delivered: Money(minor: 0, currency: usd))
        }
        #expect(exchange?.code == .inconsistentReceipt)
    }

    @Test func `its PDF shows everything on one page, and is the same twice`() throws {
        let receipt = try Self.receipt()
        let pdf = try receipt.pdf()
        #expect(try receipt.pdf() == pdf)
        let text = try Tool.pdfToText.text(["-layout", "-", "-"], input: pdf)
        for part in [
            "Ada", "@bob, wallet-2", "12.50 USD", "0.25 USD", "1 USD = 0.92 EUR", "11.50 EUR",
            "2026-10-26T07:33:20.250000Z", "approve", receipt.hash.description,
            receipt.transfer.description,
        ] { #expect(text.contains(part), "\(part)") }
        #expect(try Tool.pdfInfo.text(["-"], input: pdf).contains(/Pages: +1\n/))
    }
}

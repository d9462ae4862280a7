import EventLog
import Foundation
import Identity
import Testing

@testable import Notices

@Suite struct NoticeContentTests {
    @Test func `each kind can be said, and reads back as it was kept`() throws {
        let contents = try Samples.contents()
        #expect(Set(contents.map(\.kind)) == Set(NoticeKind.allCases))
        for content in contents {
            let kept = content.encoded(with: "ana@example.org")
            let read = try #require(NoticeContent.decoded(content.kind, kept))
            #expect(read.content == content)
            #expect(read.contact == "ana@example.org")
            #expect(NoticeContent.decoded(content.kind, content.encoded(with: nil))?.contact == nil)
        }
        #expect(NoticeContent.decoded(.limitsChanged, Array("[1]".utf8)) == nil)
    }

    @Test func `every notice is told in words that have all it tells of`() throws {
        for content in try Samples.contents() {
            let text = NoticeText(content)
            #expect(!text.title.isEmpty && text.title.count <= 60, "\(text)")
            #expect(text.body.hasSuffix(".") || text.body.hasSuffix("”"), "\(text)")
            if content.amount != nil {
                #expect("\(text.title) \(text.body)".contains("1234.05 EUR"), "\(text)")
                #expect(text.body.contains("Ana"))
            }
            for (parameter, value) in content.parameters
            where [.device, .contact, .period, .code, .note].contains(parameter) {
                #expect("\(text.title) \(text.body)".contains(value), "\(text)")
            }
        }
    }

    @Test func `amounts are said in their currency, whatever its decimals`() throws {
        for (text, code) in [("12.50", "EUR"), ("1000", "JPY"), ("0.00000001", "BTC")] {
            let content = NoticeContent.paymentSent(
                Samples.transfer, try Samples.money(text, code), to: "@ben")
            #expect(content.amount == (try Samples.money(text, code)))
            #expect(NoticeText(content).body == "You sent \(text) \(code) to @ben.")
        }
    }

    @Test func `what others wrote stays on one line and cannot turn the text round`() throws {
        let name = "Bank\u{202e}knaB\r\nBcc: all@example.org\u{0}"
        let content = NoticeContent.paymentReceived(
            Samples.transfer, try Samples.money("1.00"), from: name,
            note: String(repeating: "é", count: 900))
        let text = NoticeText(content)
        #expect(content.parameters[.counterparty] == "BankknaB Bcc: all@example.org")
        #expect(content.parameters[.note]?.utf8.count == 479)
        #expect(content.parameters[.note]?.hasSuffix("é…") == true)
        #expect(!"\(text)".unicodeScalars.contains { $0.value == 0x202e || $0.value < 0x20 })
    }

    @Test func `until when something can be done is said to the minute`() throws {
        let content = NoticeContent.paymentChallenged(
            Samples.transfer, try Samples.money("2.00"), to: "Ben", until: Samples.start)
        #expect(
            NoticeText(content).body
                == "Your payment of 2.00 EUR to Ben waits for you to confirm it by "
                + "21 Sep 2026, 14:13 UTC.")
    }

    @Test func `a kept notice that lacks something is still told`() {
        for kind in NoticeKind.allCases {
            let text = NoticeText(NoticeContent(kind))
            #expect(!text.title.isEmpty && !text.body.isEmpty)
        }
    }
}

import Identity
import Testing

@testable import Notices

@Suite struct LoggedNoticesTests {
    @Test func `a developer sees the code, and of the address only who it may be`() async throws {
        let log = CapturedLog()
        let sender = LoggedNotices(.text, log.logger)
        let phone = try #require(ContactPoint(phone: "+4915112345678"))
        let notice = Samples.outgoing(
            .verification("271828", Samples.verification), to: .contact(phone))
        #expect(sender.channel == .text)
        #expect(await sender.send(notice) == .delivered)
        #expect(log.text.contains("code=271828"))
        #expect(log.text.contains("verification=\(Samples.verification)"))
        #expect(log.text.contains("to=+49…78"))
        #expect(!log.text.contains("15112345"))
    }

    @Test func `of other notices only the kind is logged`() async throws {
        let log = CapturedLog()
        let notice = Samples.outgoing(
            try Samples.received(), to: .contact(try Samples.email("ana@example.org")))
        #expect(await LoggedNotices(.email, log.logger).send(notice) == .delivered)
        #expect(log.text.contains("about=payment_received"))
        for word in ["Ana", "12.50", "tickets", "ana@"] { #expect(!log.text.contains(word)) }
    }
}

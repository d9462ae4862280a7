import EventLog
import Outbound
import Testing

@testable import Notices

@Suite struct MailSenderTests {
    private func send(
        _ content: NoticeContent, to address: String = "ana@example.org", id: NoticeID? = nil,
        by server: MailStandIn, _ protection: MailServer.Protection = .startTLS,
        secret: String? = "secret", name: String = "Holdfast"
    ) async throws -> DeliveryAnswer {
        let client = server.client { $0.allowsPlainText = protection == .none }
        defer { client.stop() }
        let sender = MailSender(
            client, server: server.server(protection, secret: secret),
            from: try MailOrigin(name: name, address: "notices@wallet.example.org"))
        return await sender.send(
            Samples.outgoing(
                content, to: .contact(try Samples.email(address)),
                id: id ?? NoticeID(at: Samples.start)))
    }

    @Test(arguments: [MailServer.Protection.startTLS, .tls])
    func `a message arrives as it was meant, over either kind of TLS`(
        _ protection: MailServer.Protection
    ) async throws {
        try await MailStandIn.with { server in
            let id = NoticeID(at: Samples.start)
            let content = NoticeContent.paymentReceived(
                Samples.transfer, try Samples.money("12.50"), from: "Žofie 鍵",
                note: "..dots\n.\r\nBcc: all@example.org " + String(repeating: "ü", count: 150))
            #expect(try await send(content, id: id, by: server, protection) == .delivered)
            let mail = try #require(try await server.received(1).first)
            #expect(mail.defects.isEmpty)
            #expect(mail.from == [["Holdfast", "notices@wallet.example.org"]])
            #expect(mail.to == [["", "ana@example.org"]])
            #expect(mail.subject == NoticeText(content).title)
            #expect(mail.id == "<\(id)@wallet.example.org>")
            #expect(mail.date == Samples.start.rawValue / 1_000_000)
            #expect(mail.type == "text/plain" && mail.charset == "utf-8")
            #expect(mail.automatic == "auto-generated")
            #expect(mail.body.contains(NoticeText(content).body))
            #expect(!mail.names.contains("bcc"))
            #expect(mail.longest <= 160)
        }
    }

    @Test func `a repetition has the same identifier`() async throws {
        try await MailStandIn.with { server in
            let id = NoticeID(at: Samples.start)
            for _ in 0..<2 {
                #expect(try await send(.limitsChanged, id: id, by: server) == .delivered)
            }
            #expect(try await send(.limitsChanged, by: server) == .delivered)
            let mails = try await server.received(3)
            #expect(Set(mails.map(\.id)).count == 2)
        }
    }

    @Test func `names that are not ASCII come back as they were`() async throws {
        try await MailStandIn.with { server in
            let names = [
                "Holdfast – Geldbörse", "A \"quoted\" \\ name", "=?utf-8?Q?x?=", "a, b; <c>",
            ]
            for name in names {
                #expect(try await send(.limitsChanged, by: server, name: name) == .delivered)
            }
            let read = Set(try await server.received(4).compactMap { $0.from.first?.first })
            #expect(read == Set(names))
        }
    }

    @Test func `what the server says is understood`() async throws {
        try await MailStandIn.with { server in
            let unknown = try await send(.limitsChanged, to: "unknown@example.org", by: server)
            #expect(unknown == .refused(code: "smtp_550"))
            let busy = try await send(.limitsChanged, to: "busy@example.org", by: server)
            #expect(busy == .later(code: "smtp_451"))
            let stranger = try await send(.limitsChanged, by: server, secret: "wrong")
            #expect(stranger == .later(code: "smtp_535"))
            #expect(server.files().isEmpty)
        }
    }

    @Test func `no mail goes out without TLS unless it may, nor to a server without trust`()
        async throws
    {
        try await MailStandIn.with { server in
            let notice = Samples.outgoing(
                .limitsChanged, to: .contact(try Samples.email("ana@example.org")))
            let origin = try MailOrigin(name: "Holdfast", address: "notices@example.org")
            let strict = server.client()
            defer { strict.stop() }
            #expect(
                await MailSender(strict, server: server.server(.none, secret: nil), from: origin)
                    .send(notice) == .refused(code: "malformed"))
            let distrusting = server.client { $0.trustedCertificates = nil }
            defer { distrusting.stop() }
            for protection in [MailServer.Protection.startTLS, .tls] {
                #expect(
                    await MailSender(distrusting, server: server.server(protection), from: origin)
                        .send(notice) == .later(code: "untrusted"))
            }
            #expect(server.files().isEmpty)
        }
    }

    @Test func `subjects are encoded in words of at most 75 characters`() {
        let text = String(repeating: "é鍵", count: 60)
        let lines = MailMessage.words(text).replacing("\r\n ", with: "\n").split(separator: "\n")
        #expect(lines.count > 2)
        #expect(lines.allSatisfy { $0.utf8.count <= 75 && $0.hasPrefix("=?utf-8?B?") })
        #expect(MailMessage.words("Plain words") == "Plain words")
        #expect(!MailMessage.words("a\r\nBcc: b@example.org").contains("\r\nBcc"))
        #expect(!MailMessage.words("a\rb\u{0}").utf8.contains { $0 < 0x20 })
    }

    @Test(arguments: [
        (0, "Thu, 01 Jan 1970 00:00:00 +0000"), (-1, "Wed, 31 Dec 1969 23:59:59 +0000"),
        (-604_800, "Thu, 25 Dec 1969 00:00:00 +0000"),
        (951_782_400, "Tue, 29 Feb 2000 00:00:00 +0000"),
        (1_790_000_000, "Mon, 21 Sep 2026 14:13:20 +0000"),
    ])
    func `dates are those of RFC 5322`(_ seconds: Int64, _ text: String) {
        #expect(MailMessage.date(Timestamp(seconds * 1_000_000)) == text)
    }
}

import EventLog
import Identity
import Testing

@testable import Notices

enum Samples {
    static let start = Timestamp(1_790_000_000_000_000)
    static let transfer = TransferID(high: 0x0192_0000_0000_7000, low: 0x8000_0000_0000_0001)
    static let verification = VerificationID(transfer)

    static func money(_ text: String, _ code: String = "EUR") throws -> Money {
        try Money(text, currency: #require(Currency(code: code)))
    }

    static func email(_ text: String) throws -> ContactPoint {
        try #require(ContactPoint(email: text))
    }

    static func received(_ amount: String = "12.50") throws -> NoticeContent {
        .paymentReceived(transfer, try money(amount), from: "Ana", note: "for the tickets")
    }

    /// One of each kind.
    static func contents() throws -> [NoticeContent] {
        let amount = try money("1234.05")
        let until = start.adding(seconds: 3_600)
        return [
            .paymentReceived(transfer, amount, from: "Ana", note: "thanks"),
            .paymentSent(transfer, amount, to: "Ana"), .paymentHeld(transfer, amount, to: "Ana"),
            .paymentChallenged(transfer, amount, to: "Ana", until: until),
            .paymentDeclined(transfer, amount, to: "Ana"),
            .paymentReturned(transfer, amount, from: "Ana"),
            .requestReceived(transfer, amount, from: "Ana", note: "rent"),
            .requestPaid(transfer, amount, by: "Ana"),
            .requestDeclined(transfer, amount, by: "Ana"),
            .requestReminder(transfer, amount, from: "Ana"),
            .requestCancelled(transfer, amount, by: "Ana"),
            .requestExpired(transfer, amount, to: "Ana"),
            .claimWaiting(transfer, amount, from: "Ana", until: until),
            .claimReturned(transfer, amount, to: "Ana"),
            .scheduledPaymentFailed(transfer, amount, to: "Ana"), .newDevice("Firefox on Linux"),
            .passwordChanged, .secondFactorChanged, .sessionEndedForReuse(device: "A phone"),
            .limitsChanged, .keyChanged, .peerKeyChanged(of: "Bo"),
            .contactChanged(try email("ana@example.org")),
            .dataExported, .statementReady("2026-10"), .verification("123456", verification),
            .alreadyRegistered, .notRegistered,
        ]
    }

    static func outgoing(
        _ content: NoticeContent, to target: DeliveryTarget, id: NoticeID = NoticeID(at: start),
        at now: Timestamp = start
    ) -> OutgoingNotice {
        OutgoingNotice(
            id: id, content: content, target: target, createdAt: now,
            expiresAt: now.adding(seconds: content.kind.lifeSeconds))
    }
}

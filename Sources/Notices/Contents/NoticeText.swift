internal import EventLog

/// A notice in words, in English.
public struct NoticeText: Sendable, Equatable {
    /// A few words; an e-mail's subject.
    public let title: String
    /// A sentence or two.
    public let body: String

    /// The words for what a notice says.
    public init(_ content: NoticeContent) {
        let words = Self.words(Phrases(content))
        title = words.title
        body = words.body
    }

    /// Both on one line, for text messages.
    public var line: String { "Holdfast: \(title). \(body)" }

    private static let alarm =
        "If this was not you, end all sessions and change your password at once."

    private static func words(_ told: Phrases) -> (title: String, body: String) {
        let (amount, name) = (told.amount, told.name)
        return switch told.kind {
        case .paymentReceived: ("\(amount) received", "\(name) sent you \(amount)\(told.note)")
        case .paymentSent: ("\(amount) sent", "You sent \(amount) to \(name).")
        case .paymentHeld:
            (
                "Payment under review",
                "Your payment of \(amount) to \(name) is being reviewed. You need not do anything."
            )
        case .paymentChallenged:
            (
                "Confirm your payment",
                "Your payment of \(amount) to \(name) waits for you to confirm it\(told.until)."
            )
        case .paymentDeclined:
            ("Payment declined", "Your payment of \(amount) to \(name) was not made.")
        case .paymentReturned:
            ("\(amount) returned", "A payment of \(amount) with \(name) was returned to you.")
        case .requestReceived:
            ("\(amount) requested", "\(name) asks you for \(amount)\(told.note)")
        case .requestPaid: ("\(amount) received", "\(name) paid your request for \(amount).")
        case .requestDeclined:
            ("Request declined", "\(name) declined your request for \(amount).")
        case .requestReminder:
            ("\(amount) still requested", "\(name) still waits for \(amount) from you.")
        case .requestCancelled:
            ("Request withdrawn", "\(name) no longer asks you for \(amount).")
        case .requestExpired:
            ("Request expired", "Your request to \(name) for \(amount) was not paid in time.")
        case .claimWaiting:
            (
                "\(amount) waits for you",
                "\(name) sent you \(amount). Claim it in Holdfast\(told.until)."
            )
        case .claimReturned:
            (
                "\(amount) came back",
                "\(name) did not claim the \(amount) that you sent. They are yours again."
            )
        case .scheduledPaymentFailed:
            (
                "Scheduled payment failed",
                "Your scheduled payment of \(amount) to \(name) could not be made."
            )
        default: accountWords(told)
        }
    }

    private static func accountWords(_ told: Phrases) -> (title: String, body: String) {
        switch told.kind {
        case .newDevice:
            ("New sign-in", "Your account was opened on \(told.device). \(alarm)")
        case .passwordChanged: ("Password changed", "Your password was changed. \(alarm)")
        case .secondFactorChanged:
            (
                "Second factor changed",
                "How you confirm that it is you was changed. \(alarm)"
            )
        case .sessionEndedForReuse:
            (
                "Session ended",
                "A session on \(told.device) was ended because its key was used twice, as if it had "
                    + "been copied. Sign in again. \(alarm)"
            )
        case .limitsChanged: ("Limits changed", "Your payment limits were changed. \(alarm)")
        case .keyChanged:
            (
                "Keys changed",
                "The keys by which your devices open notes were changed. \(alarm)"
            )
        case .peerKeyChanged:
            (
                "\(told.name) has new keys",
                "The keys by which \(told.name) opens your notes were changed, as by a new device. Compare "
                    + "your safety numbers if you did not expect it."
            )
        case .contactChanged:
            ("Contact changed", "The contact \(told.contact) was added or removed. \(alarm)")
        case .dataExported: ("Data exported", "A copy of your data was handed out. \(alarm)")
        case .statementReady:
            ("Statement ready", "Your statement for \(told.period) is ready.")
        case .verification:
            (
                "Your code is \(told.code)",
                "Enter it where you asked for it, within ten minutes. Give it to nobody: we never "
                    + "ask for it."
            )
        case .alreadyRegistered:
            (
                "You already have an account",
                "Somebody tried to register with this contact, which has an account. If it was you, "
                    + "sign in, or ask for a new password. If not, you need not do anything."
            )
        case .notRegistered:
            (
                "There is no account",
                "Somebody asked for a new password, but this contact has no account. If it was not "
                    + "you, you need not do anything."
            )
        default: ("Holdfast", "There is news in your account.")
        }
    }
}

/// The parts of a notice's sentences, with something to say where a kept notice lacks one.
private struct Phrases {
    let kind: NoticeKind
    private let content: NoticeContent

    init(_ content: NoticeContent) {
        kind = content.kind
        self.content = content
    }

    private func text(_ parameter: NoticeParameter, or other: String) -> String {
        let text = content.parameters[parameter] ?? ""
        return text.isEmpty ? other : text
    }

    var amount: String {
        "\(text(.amount, or: "An amount")) \(text(.currency, or: ""))"
            .trimmingSuffix(while: { $0 == " " })
    }
    var name: String { text(.counterparty, or: "Somebody") }
    var device: String { text(.device, or: "a device") }
    var contact: String { text(.contact, or: "of your account") }
    var period: String { text(.period, or: "the last month") }
    var code: String { text(.code, or: "") }
    /// What was written, behind a colon; else the end of the sentence.
    var note: String { content.parameters[.note].map { ": “\($0)”" } ?? "." }
    /// Until when, behind a preposition; else nothing.
    var until: String {
        guard let moment = content.parameters[.until].flatMap({ Timestamp(rfc3339: $0) }) else {
            return ""
        }
        return " by \(WrittenMoment(moment).minute)"
    }
}

extension String {
    fileprivate func trimmingSuffix(while isLeftOut: (Character) -> Bool) -> String {
        var end = endIndex
        while end > startIndex, isLeftOut(self[index(before: end)]) { end = index(before: end) }
        return String(self[..<end])
    }
}

public import EventLog

extension NoticeContent {
    /// Money came in.
    ///
    /// - Parameters:
    ///   - name: The other person's name or handle; as in all that follow.
    ///   - note: What they wrote to it.
    public static func paymentReceived(
        _ transfer: TransferID, _ amount: Money, from name: String, note: String? = nil
    ) -> NoticeContent {
        about(.paymentReceived, .transfer, transfer, amount, name, note: note)
    }
    /// Money went out.
    public static func paymentSent(
        _ transfer: TransferID, _ amount: Money, to name: String
    ) -> NoticeContent { about(.paymentSent, .transfer, transfer, amount, name) }
    /// A payment waits for a review.
    public static func paymentHeld(
        _ transfer: TransferID, _ amount: Money, to name: String
    ) -> NoticeContent { about(.paymentHeld, .transfer, transfer, amount, name) }
    /// A payment waits for the person to show who they are.
    public static func paymentChallenged(
        _ transfer: TransferID, _ amount: Money, to name: String, until: Timestamp? = nil
    ) -> NoticeContent {
        about(.paymentChallenged, .transfer, transfer, amount, name, until: until)
    }
    /// A payment was not made.
    public static func paymentDeclined(
        _ transfer: TransferID, _ amount: Money, to name: String
    ) -> NoticeContent { about(.paymentDeclined, .transfer, transfer, amount, name) }
    /// A payment that was made came back.
    public static func paymentReturned(
        _ transfer: TransferID, _ amount: Money, from name: String
    ) -> NoticeContent { about(.paymentReturned, .transfer, transfer, amount, name) }

    /// Somebody asks the person for money.
    public static func requestReceived(
        _ request: TransferID, _ amount: Money, from name: String, note: String? = nil
    ) -> NoticeContent { about(.requestReceived, .request, request, amount, name, note: note) }
    /// What the person asked for was paid.
    public static func requestPaid(
        _ request: TransferID, _ amount: Money, by name: String
    ) -> NoticeContent { about(.requestPaid, .request, request, amount, name) }
    /// What the person asked for will not be paid.
    public static func requestDeclined(
        _ request: TransferID, _ amount: Money, by name: String
    ) -> NoticeContent { about(.requestDeclined, .request, request, amount, name) }
    /// Somebody still waits for what they asked the person for.
    public static func requestReminder(
        _ request: TransferID, _ amount: Money, from name: String
    ) -> NoticeContent { about(.requestReminder, .request, request, amount, name) }
    /// Somebody took back what they asked the person for.
    public static func requestCancelled(
        _ request: TransferID, _ amount: Money, by name: String
    ) -> NoticeContent { about(.requestCancelled, .request, request, amount, name) }
    /// What the person asked for was not paid in time.
    public static func requestExpired(
        _ request: TransferID, _ amount: Money, to name: String
    ) -> NoticeContent { about(.requestExpired, .request, request, amount, name) }

    /// Money waits for the person to claim it.
    public static func claimWaiting(
        _ claim: TransferID, _ amount: Money, from name: String, until: Timestamp? = nil
    ) -> NoticeContent { about(.claimWaiting, .claim, claim, amount, name, until: until) }
    /// Money that was not claimed came back.
    public static func claimReturned(
        _ claim: TransferID, _ amount: Money, to name: String
    ) -> NoticeContent { about(.claimReturned, .claim, claim, amount, name) }
    /// A payment that was due could not be made.
    public static func scheduledPaymentFailed(
        _ schedule: TransferID, _ amount: Money, to name: String
    ) -> NoticeContent { about(.scheduledPaymentFailed, .schedule, schedule, amount, name) }

    private static func about(
        _ kind: NoticeKind, _ parameter: NoticeParameter, _ id: TransferID, _ amount: Money,
        _ name: String, note: String? = nil, until: Timestamp? = nil
    ) -> NoticeContent {
        var parameters: [NoticeParameter: String] = [
            parameter: id.description, .amount: amount.decimal, .currency: amount.currency.code,
            .counterparty: DisplayText.plain(name, maximumBytes: nameBytes),
        ]
        if let note, !note.isEmpty {
            parameters[.note] = DisplayText.plain(note, maximumBytes: noteBytes)
        }
        if let until { parameters[.until] = until.rfc3339(decimals: .needed) }
        return NoticeContent(kind, parameters)
    }
}

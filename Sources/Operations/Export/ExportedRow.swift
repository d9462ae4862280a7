internal import EventLog
internal import Tables

/// What the log says of one payment or authorization, as it is put together.
struct ExportedRow: Sendable {
    let transfer: TransferID
    let occurredAt: Timestamp
    let sequence: Sequence
    let kind: TransferKind
    let payer: AccountID
    let payee: AccountID
    let amount: Int64
    let currency: UInt16
    let context: RiskContext
    /// What the payer could spend before, without the limit; nil where that is beyond 63 bits.
    let payerAvailable: Int64?
    let limit: Int64
    private(set) var outcome = Transaction.Outcome.pending
    private(set) var outcomeAt = Timestamp.none
    private(set) var outcomeSequence = Sequence.zero
    private(set) var verdict: LabelVerdict?
    private(set) var labelKnownAt = Timestamp.none
    private(set) var labelSequence = Sequence.zero

    /// The row of a reserve event.
    init(_ event: Event, leg: Leg?, _ context: RiskContext, limit: Int64) {
        transfer = event.transfer
        occurredAt = event.recordedAt
        sequence = event.sequence
        kind = event.transferKind
        payer = event.payer
        payee = event.payee
        amount = event.amount
        currency = event.currency
        self.context = context
        self.limit = limit
        payerAvailable = leg.flatMap { leg in
            let (rest, isLow) = leg.fromPosted.subtractingReportingOverflow(leg.fromReserved)
            let (before, isHigh) = rest.addingReportingOverflow(leg.amount)
            return isLow || isHigh ? nil : before
        }
    }

    /// A later event of the transfer. Money that moved once has moved: of several captures the first counts, and giving
    /// back the rest changes nothing. Of several labels the last counts.
    mutating func follow(_ event: Event, verdict: LabelVerdict?) {
        switch event.kind {
        case .posted, .captured, .voided:
            guard outcome == .pending else { return }
            outcome = event.kind == .voided ? .voided : .posted
            outcomeAt = event.recordedAt
            outcomeSequence = event.sequence
        case .labelled:
            // Said again, it was known before.
            guard let verdict, verdict != self.verdict else { return }
            self.verdict = verdict
            labelKnownAt = event.recordedAt
            labelSequence = event.sequence
        default: break
        }
    }

    /// As the table has it.
    ///
    /// - Parameters:
    ///   - names: what accounts are called outside.
    ///   - genuineUntil: payments up to then that nobody gave a label to are presumed genuine.
    func transaction(names: [AccountID: String], genuineUntil: Timestamp) -> Transaction? {
        guard let currency = Currency(number: currency), let payer = names[payer],
            let payee = names[payee]
        else { return nil }
        var row = Transaction(
            id: transfer.description, occurredAt: occurredAt, payer: payer, payee: payee,
            amount: Money(minor: amount, currency: currency))
        row.kind = kind
        if context.hasPlace {
            row.place = .init(latitude: context.latitude, longitude: context.longitude)
        }
        row.device = Self.text(context.device)
        row.instrument = Self.text(context.instrument)
        row.address = Self.text(context.address)
        row.merchantCategory = context.merchantCategory
        row.country = context.country
        row.initiatedAt = context.initiatedAt
        row.sequence = sequence
        row.payerAvailable = payerAvailable
        row.limit = limit
        row.outcome = outcome
        row.outcomeAt = outcomeAt
        row.outcomeSequence = outcomeSequence
        row.isFraud = verdict.map { $0 == .fraud } ?? (occurredAt <= genuineUntil ? false : nil)
        row.labelKnownAt = labelKnownAt
        row.labelSequence = labelSequence
        return row
    }

    /// A token as 16 hexadecimal digits; nothing for none.
    private static func text(_ token: Token) -> String {
        guard token != .none else { return "" }
        let digits = String(token.rawValue, radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits
    }
}

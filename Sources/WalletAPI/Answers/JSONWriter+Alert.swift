internal import EventLog
internal import Ledger
internal import Wallet

extension JSONWriter {
    /// An event that an analyst should see.
    mutating func alert(_ alert: AlertAnswer) {
        let event = alert.view.event
        object { writer in
            writer.member("sequence", event.sequence)
            writer.member("recorded_at", event.recordedAt)
            writer.member("event", event.kind.word)
            writer.member("cause", event.cause.word)
            writer.member("transfer", event.transfer)
            writer.member("kind", event.transferKind.word)
            writer.member("state", event.state.word)
            writer.member("payer", alert.payer.uuid)
            writer.member("payee", alert.payee.uuid)
            writer.member("amount", minor: event.amount, event.currency)
            let decision = alert.view.decision
            writer.decision(
                decision?.action, scoreBits: decision?.scoreBits ?? 0, alert.view.detail)
        }
    }
}

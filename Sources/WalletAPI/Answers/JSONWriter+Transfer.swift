internal import EventLog
internal import Hummingbird
internal import Ledger
internal import Wallet

extension JSONWriter {
    /// A transfer with its decision.
    mutating func transfer(_ answer: TransferAnswer) {
        object { $0.transferMembers(answer) }
    }

    /// A transfer that waits, and the event since which it does.
    mutating func review(_ answer: TransferAnswer, since: EventLog.Sequence) {
        object { writer in
            writer.member("since", since)
            writer.name("transfer")
            writer.transfer(answer)
        }
    }

    mutating func transferMembers(_ answer: TransferAnswer) {
        let transfer = answer.transfer
        member("id", transfer.id)
        member("kind", transfer.kind.word)
        member("state", transfer.state.word)
        member("payer", answer.payer.uuid)
        member("payee", answer.payee.uuid)
        member("amount", minor: transfer.amount, transfer.currency)
        member("captured", minor: transfer.captured, transfer.currency)
        member("refunded", minor: transfer.refunded, transfer.currency)
        member("refund_of", transfer.related)
        name("fees")
        array(transfer.extraLegs.filter { $0.role == .fee }) { writer, leg in
            writer.object { writer in
                writer.member("paid_by", leg.from == transfer.payee ? "payee" : "payer")
                writer.member("amount", minor: leg.amount, transfer.currency)
            }
        }
        member("created_at", transfer.createdAt)
        member("expires_at", transfer.expiresAt)
        member("sequence", transfer.lastSequence)
        decision(transfer.action, scoreBits: transfer.scoreBits, answer.detail)
        if answer.notes.isEmpty { return }
        name("notes")
        array(answer.notes) { writer, note in
            writer.object { writer in
                writer.member("sequence", note.sequence)
                writer.member("by", note.actor)
                writer.member("note", note.text.isEmpty ? nil : note.text)
            }
        }
    }
}

extension Response {
    static func transfer(_ answer: TransferAnswer, status: HTTPResponse.Status = .ok) -> Response {
        var writer = JSONWriter()
        writer.transfer(answer)
        return .json(writer, status: status)
    }
}

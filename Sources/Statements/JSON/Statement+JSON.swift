internal import EventLog

extension Statement {
    /// JSON in UTF-8 without white space, with members in this order:
    ///
    ///     format           "holdfast-statement-1"
    ///     account          the public identifier
    ///     holder           {name, handle}
    ///     currency
    ///     period           {from, until}
    ///     opening_balance, closing_balance
    ///     totals           {in, out, fees}
    ///     lines            [{sequence, time, kind, transfer_id, counterparty,
    ///                        has_encrypted_note, amount, balance, related_transfer_id}]
    ///
    /// Amounts are texts with all decimals of the currency, such as `"-12.50"`; times are of UTC
    /// after RFC 3339 with six decimals; `sequence` is a number; `related_transfer_id` may be null.
    public func json() -> [UInt8] {
        var json = JSONText()
        json.object { writer in
            writer.member("format", "holdfast-statement-1")
            writer.member("account", account.id)
            writer.name("holder")
            writer.object {
                $0.member("name", account.holder.name)
                $0.member("handle", account.holder.handle)
            }
            writer.member("currency", account.currency.code)
            writer.name("period")
            writer.object {
                $0.member("from", period.from.rfc3339())
                $0.member("until", period.until.rfc3339())
            }
            writer.member("opening_balance", decimal(openingMinor))
            writer.member("closing_balance", decimal(closingMinor))
            writer.name("totals")
            writer.object {
                $0.member("in", decimal(totals.inMinor))
                $0.member("out", decimal(totals.outMinor))
                $0.member("fees", decimal(totals.feesMinor))
            }
            writer.name("lines")
            writer.array(lines) { write($1, into: &$0) }
        }
        return json.bytes
    }

    private func write(_ line: StatementLine, into json: inout JSONText) {
        json.object {
            $0.member("sequence", line.sequence.rawValue)
            $0.member("time", line.time.rfc3339())
            $0.member("kind", line.kind.rawValue)
            $0.member("transfer_id", line.transfer.description)
            $0.member("counterparty", line.counterparty)
            $0.member("has_encrypted_note", line.hasEncryptedNote)
            $0.member("amount", decimal(line.amountMinor))
            $0.member("balance", decimal(line.balanceMinor))
            $0.member("related_transfer_id", line.relatedTransfer?.description)
        }
    }
}

internal import EventLog

extension Statement {
    static let columns = [
        "sequence", "time", "kind", "transfer_id", "counterparty", "has_encrypted_note", "amount",
        "balance", "currency", "related_transfer_id",
    ]

    /// Comma-separated values (RFC 4180) in UTF-8 without a byte order mark: a header, then one
    /// record a line. The columns are `sequence`, `time`, `kind`, `transfer_id`, `counterparty`,
    /// `has_encrypted_note`, `amount`, `balance`, `currency` and `related_transfer_id`.
    ///
    /// Amounts have all decimals of the currency, times are of UTC after RFC 3339 with six
    /// decimals, a flag is `true` or `false`, and there may be no related transfer.
    ///
    /// A counterparty that a spreadsheet might take for a formula has an apostrophe before it: one
    /// whose first character, apostrophes aside, is `=`, `+`, `-`, `@` or the full-width form of
    /// one, a tab, a CR or an LF. Other control characters become U+FFFD.
    public func csv() -> [UInt8] {
        var csv = CSVText()
        for column in Self.columns { csv.append(column) }
        csv.endRecord()
        for line in lines {
            csv.append(String(line.sequence.rawValue))
            csv.append(line.time.rfc3339())
            csv.append(line.kind.rawValue)
            csv.append(line.transfer.description)
            csv.append(foreign: line.counterparty)
            csv.append(line.hasEncryptedNote ? "true" : "false")
            csv.append(decimal(line.amountMinor))
            csv.append(decimal(line.balanceMinor))
            csv.append(account.currency.code)
            csv.append(line.relatedTransfer?.description ?? "")
            csv.endRecord()
        }
        return csv.bytes
    }
}

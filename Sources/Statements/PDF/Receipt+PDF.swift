internal import Cryptography
internal import EventLog

extension Receipt {
    /// A PDF of one A4 page with everything that the receipt has, and its ``hash``. Equal receipts
    /// give equal bytes, as statements do; the time of its making is said to be the payment's.
    ///
    /// - Throws: `unusable_font` if a font cannot be read, or `pdf_failed`.
    public func pdf(font: PDFFont = .standard) throws(StatementError) -> [UInt8] {
        var sheet = try PDFSheet(font: font)
        sheet.describe(
            title: "Receipt of \(transfer)", madeAt: (postedAt ?? reservedAt).rfc3339())
        sheet.addPage()
        sheet.set("Receipt", at: .left(PDFSheet.left), y: 62, width: 511, .bold, size: 18)
        for (row, (name, value)) in particulars.enumerated() {
            let y = 96 + row * 18
            sheet.set(name, at: .left(PDFSheet.left), y: y, width: 110, size: 9, grey: 0.35)
            sheet.set(value, at: .left(160), y: y, width: 393, size: 9)
        }
        return try sheet.finish()
    }

    /// At most 13 rows and one a fee, which a page has room for.
    private var particulars: [(String, String)] {
        var rows = [
            ("Payer", payer.holder.name), ("", "\(payer.holder.handle), \(payer.account)"),
            ("Payee", payee.holder.name), ("", "\(payee.holder.handle), \(payee.account)"),
            ("Amount", amount.description),
        ]
        for fee in fees { rows.append(("Fee of the \(fee.bearer.rawValue)", "\(fee.amount)")) }
        if let exchange {
            rows.append(("Rate", exchange.rate))
            rows.append(("Delivered", exchange.delivered.description))
        }
        rows.append(("Reserved", reservedAt.rfc3339()))
        rows.append(("Posted", postedAt?.rfc3339() ?? "not yet"))
        rows.append(("Decision", decision))
        rows.append(("Transfer", transfer.description))
        rows.append(("Place in the log", String(sequence.rawValue)))
        rows.append(("SHA-256", hash.description))
        return rows
    }
}

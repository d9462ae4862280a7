internal import EventLog

extension Statement {
    /// A PDF of A4 pages: the account and the period, the lines with their balances, and the totals
    /// on the last page. Each page has its number and the number of all. Texts that are too long
    /// are cut and end in an ellipsis.
    ///
    /// The time of its making is said to be the period's end, so that equal statements give equal
    /// bytes with the same font, libharu and zlib.
    ///
    /// - Throws: `unusable_font` if a font cannot be read, or `pdf_failed`.
    public func pdf(font: PDFFont = .standard) throws(StatementError) -> [UInt8] {
        var sheet = try PDFSheet(font: font)
        sheet.describe(
            title: "Statement of \(account.id) \(period)", madeAt: period.until.rfc3339())
        let pages = StatementPages(lineCount: lines.count).ranges
        for (page, range) in pages.enumerated() {
            sheet.addPage()
            if page == 0 { drawParticulars(on: sheet) } else { drawHeading(on: sheet) }
            drawColumns(on: sheet, y: StatementPages.firstRow(onPage: page) - 8)
            var top = StatementPages.firstRow(onPage: page)
            for line in lines[range] {
                draw(line, on: sheet, top: top)
                top += StatementPages.rowHeight
            }
            if page == pages.count - 1 { drawTotals(on: sheet, top: top) }
            drawFooter(on: sheet, page: page + 1, of: pages.count)
        }
        return try sheet.finish()
    }

    /// Left or right edges of the table's columns, and how wide a text in them may be.
    private enum Column {
        static let time = (edge: PDFSheet.left, width: 90)
        static let kind = (edge: 136, width: 60)
        static let counterparty = (edge: 200, width: 122)
        /// 20 digits in the widest usual font.
        static let amount = (edge: 437, width: 111)
        static let balance = (edge: PDFSheet.right, width: 111)
        /// Of the second row, which has no columns.
        static let particulars = (edge: 136, width: 417)
    }

    private func drawParticulars(on sheet: borrowing PDFSheet) {
        sheet.set("Account statement", at: .left(PDFSheet.left), y: 62, width: 511, .bold, size: 18)
        let particulars = [
            ("Holder", account.holder.name), ("Handle", account.holder.handle),
            ("Account", account.id), ("Currency", account.currency.code),
            ("Period", periodText), ("Opening balance", decimal(openingMinor)),
        ]
        for (row, (name, value)) in particulars.enumerated() {
            let y = 88 + row * 14
            sheet.set(name, at: .left(PDFSheet.left), y: y, width: 90, size: 9, grey: 0.35)
            sheet.set(value, at: .left(136), y: y, width: 417, .bold, size: 9)
        }
    }

    private var periodText: String {
        if let month = period.month { return "\(month) (UTC)" }
        return period.from.rfc3339(decimals: .needed) + " until before "
            + period.until.rfc3339(decimals: .needed)
    }

    private func drawHeading(on sheet: borrowing PDFSheet) {
        sheet.set(
            "Account statement, \(account.id), \(account.currency), \(periodText)",
            at: .left(PDFSheet.left), y: 56, width: 511, .bold, size: 9)
    }

    private func drawColumns(on sheet: borrowing PDFSheet, y: Int) {
        func head(_ name: String, _ place: PDFSheet.Alignment) {
            sheet.set(name, at: place, y: y - 5, width: 100, .bold)
        }
        head("Time (UTC)", .left(Column.time.edge))
        head("Kind", .left(Column.kind.edge))
        head("With", .left(Column.counterparty.edge))
        head("Amount", .right(Column.amount.edge))
        head("Balance", .right(Column.balance.edge))
        sheet.rule(y: y)
    }

    /// Two rows: what a person looks for, and below it what identifies the line.
    private func draw(_ line: StatementLine, on sheet: borrowing PDFSheet, top: Int) {
        let y = top + 8
        let time = line.time.rfc3339()
        sheet.set(
            "\(line.time.day) \(time.dropFirst(11).prefix(8))", at: .left(Column.time.edge), y: y,
            width: Column.time.width)
        sheet.set(
            line.kind.rawValue, at: .left(Column.kind.edge), y: y, width: Column.kind.width)
        sheet.set(
            line.counterparty, at: .left(Column.counterparty.edge), y: y,
            width: Column.counterparty.width)
        sheet.set(
            decimal(line.amountMinor), at: .right(Column.amount.edge), y: y,
            width: Column.amount.width)
        sheet.set(
            decimal(line.balanceMinor), at: .right(Column.balance.edge), y: y,
            width: Column.balance.width)

        var particulars = "\(line.transfer)"
        if let related = line.relatedTransfer { particulars += ", of \(related)" }
        if line.hasEncryptedNote { particulars += ", encrypted note" }
        sheet.set(
            "#\(line.sequence.rawValue)", at: .left(Column.time.edge), y: y + 9,
            width: Column.time.width, size: 6.5, grey: 0.4)
        sheet.set(
            particulars, at: .left(Column.particulars.edge), y: y + 9,
            width: Column.particulars.width, size: 6.5, grey: 0.4)
    }

    private func drawTotals(on sheet: borrowing PDFSheet, top: Int) {
        sheet.rule(y: top + 4)
        let figures = [
            ("Opening balance", openingMinor), ("Total in", totals.inMinor),
            ("Total out", totals.outMinor), ("Total fees", totals.feesMinor),
            ("Closing balance", closingMinor),
        ]
        for (row, (name, minor)) in figures.enumerated() {
            let y = top + 20 + row * 15
            let weight: PDFWeight = row == figures.count - 1 ? .bold : .regular
            sheet.set(name, at: .left(Column.counterparty.edge), y: y, width: 122, weight, size: 9)
            sheet.set(
                "\(decimal(minor)) \(account.currency)", at: .right(Column.balance.edge), y: y,
                width: 200, weight, size: 9)
        }
        if lines.isEmpty {
            sheet.set(
                "No movements in this period.", at: .left(Column.time.edge), y: top + 20,
                width: 160)
        }
    }

    private func drawFooter(on sheet: borrowing PDFSheet, page: Int, of count: Int) {
        sheet.set(
            "page \(page) of \(count)", at: .centre((PDFSheet.left + PDFSheet.right) / 2), y: 812,
            width: 200, grey: 0.35)
    }
}

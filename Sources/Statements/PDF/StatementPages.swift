/// Which lines stand on which page. All lengths are whole points.
struct StatementPages {
    /// The lines' places in the statement, a range a page; there is one page at least. The last
    /// one has the totals, and no lines if they did not fit below the lines before.
    let ranges: [Range<Int>]

    /// Where a page's first row begins: below the account's particulars, or below a short heading.
    static func firstRow(onPage page: Int) -> Int { page == 0 ? 196 : 92 }
    static let rowHeight = 22
    static let totalsHeight = 96
    static let bottom = 780

    init(lineCount: Int) {
        var ranges: [Range<Int>] = []
        var start = 0
        repeat {
            let room = Self.bottom - Self.firstRow(onPage: ranges.count)
            let end = min(lineCount, start + room / Self.rowHeight)
            ranges.append(start..<end)
            start = end
        } while start < lineCount
        let last = ranges[ranges.count - 1]
        let used = Self.firstRow(onPage: ranges.count - 1) + last.count * Self.rowHeight
        if used + Self.totalsHeight > Self.bottom { ranges.append(lineCount..<lineCount) }
        self.ranges = ranges
    }
}

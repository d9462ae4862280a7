internal import Foundation

/// Rows of text in columns: the first to the left, all others to the right.
struct TextTable {
    private var rows: [[String]] = []

    /// A table with a line of headings.
    init(_ headings: String...) { rows.append(headings) }

    mutating func add(_ cells: String...) { rows.append(cells) }

    var text: String {
        let columns = rows.map(\.count).max() ?? 0
        let widths = (0..<columns).map { column in
            rows.map { $0.count > column ? $0[column].count : 0 }.max() ?? 0
        }
        return rows.map { row in
            let cells = row.enumerated().map { column, cell in
                let space = String(repeating: " ", count: widths[column] - cell.count)
                return column == 0 ? cell + space : space + cell
            }
            return "  " + cells.joined(separator: "  ") + "\n"
        }.joined()
    }
}

/// How figures are written.
enum FigureText {
    static func fixed(_ value: Double, _ decimals: Int = 4) -> String {
        value.isFinite ? String(format: "%.\(decimals)f", value) : "–"
    }

    /// At most six digits.
    static func short(_ value: Double) -> String { String(format: "%.6g", value) }

    static func percent(_ share: Double, _ decimals: Int = 1) -> String {
        fixed(share * 100, decimals) + " %"
    }

    static func interval(_ interval: ConfidenceInterval?) -> String {
        guard let interval else { return "" }
        return "\(fixed(interval.low)) … \(fixed(interval.high))"
    }
}

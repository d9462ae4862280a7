/// A document as the renderers see it: places are whole points from the page's upper left corner,
/// and any text may be set.
struct PDFSheet: ~Copyable {
    private var document: PDFDocument
    private let ellipsis: String

    static let (left, right) = (42, 553)
    private static let height: Float = 841.89

    init(font: PDFFont) throws(StatementError) {
        document = try PDFDocument(font: font)
        let isThere =
            document.has("\u{2026}", in: .regular) && document.has("\u{2026}", in: .bold)
        ellipsis = isThere ? "\u{2026}" : "..."
    }

    /// Where a text stands.
    enum Alignment {
        case left(Int)
        case right(Int)
        case centre(Int)
    }

    func describe(title: String, madeAt moment: String) {
        document.describe(title: title, madeAt: moment)
    }

    mutating func addPage() { document.addPage() }

    consuming func finish() throws(StatementError) -> [UInt8] { try document.finish() }

    /// Sets a text on the base line `y`, cut with an ellipsis if it is wider than `width`.
    func set(
        _ text: String, at place: Alignment, y: Int, width: Int, _ weight: PDFWeight = .regular,
        size: Float = 8, grey: Float = 0
    ) {
        let text = fit(printable(text, weight), weight, size: size, to: Float(width))
        guard !text.isEmpty else { return }
        let x: Float
        switch place {
        case .left(let edge): x = Float(edge)
        case .right(let edge): x = Float(edge) - document.width(of: text, weight, size: size)
        case .centre(let middle):
            x = Float(middle) - document.width(of: text, weight, size: size) / 2
        }
        document.show(text, weight, size: size, grey: grey, x: x, y: Self.height - Float(y))
    }

    /// Draws a level line over the page's whole width.
    func rule(y: Int) {
        document.rule(from: Float(Self.left), to: Float(Self.right), y: Self.height - Float(y))
    }

    /// The text on one line, with a visible mark for each character that the font does not have.
    private func printable(_ text: String, _ weight: PDFWeight) -> String {
        let mark: Unicode.Scalar = document.has("\u{fffd}", in: weight) ? "\u{fffd}" : "?"
        var line = String.UnicodeScalarView()
        for scalar in PlainText.line(of: text).unicodeScalars {
            line.append(document.has(scalar, in: weight) ? scalar : mark)
        }
        return String(line)
    }

    /// The longest beginning that fits with an ellipsis behind it, if the whole does not fit.
    private func fit(_ text: String, _ weight: PDFWeight, size: Float, to width: Float) -> String {
        guard document.width(of: text, weight, size: size) > width else { return text }
        let characters = Array(text)
        var (fitting, tooLong) = (0, characters.count)
        while tooLong - fitting > 1 {
            let middle = (fitting + tooLong) / 2
            let cut = String(characters[..<middle]) + ellipsis
            if document.width(of: cut, weight, size: size) <= width {
                fitting = middle
            } else {
                tooLong = middle
            }
        }
        return String(characters[..<fitting]) + ellipsis
    }
}

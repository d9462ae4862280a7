internal import CQRCode

/// A text as a QR code (ISO/IEC 18004), of the middle level of correction: 15 % of it may be damaged.
public struct QRCode: Sendable {
    /// Modules in a row, and rows: 21 to 177.
    public let width: Int
    /// Row by row, whether a module is dark.
    private let isDark: [Bool]

    /// The smallest code of a text; nil if it is empty, or longer than any code can hold (2,331 bytes).
    public init?(_ text: String) {
        let bytes = Array(text.utf8)
        guard !bytes.isEmpty,
            let code = QRcode_encodeData(Int32(bytes.count), bytes, 0, QR_ECLEVEL_M)
        else { return nil }
        defer { QRcode_free(code) }
        width = Int(code.pointee.width)
        isDark = (0..<width * width).map { code.pointee.data[$0] & 1 == 1 }
    }

    /// Whether a module is dark; those outside are light.
    public func isDark(row: Int, column: Int) -> Bool {
        (0..<width).contains(row) && (0..<width).contains(column) && isDark[row * width + column]
    }

    /// The code as an SVG picture, with the light margin of four modules that the standard asks for.
    public var svg: String {
        let margin = 4
        let size = width + 2 * margin
        var path = ""
        for row in 0..<width {
            var column = 0
            while column < width {
                guard isDark(row: row, column: column) else {
                    column += 1
                    continue
                }
                let start = column
                while isDark(row: row, column: column) { column += 1 }
                path += "M\(start + margin) \(row + margin)h\(column - start)v1h-\(column - start)z"
            }
        }
        return """
            <svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 \(size) \(size)" \
            shape-rendering="crispEdges"><rect width="\(size)" height="\(size)" fill="#fff"/>\
            <path d="\(path)"/></svg>
            """
    }
}

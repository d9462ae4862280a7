internal import CHaru

/// A document of libharu, and the page that is being drawn on. All pointers of the library stay in
/// here; they live as long as the document does.
///
/// The library keeps its first error and refuses everything from then on, so that drawing needs no
/// checks of its own: ``finish()`` throws what went wrong.
struct PDFDocument: ~Copyable {
    private let document: HPDF_Doc
    private let faces: (regular: Face, bold: Face)
    private var page: HPDF_Page?

    /// A font with what tells its characters apart.
    private struct Face {
        let font: HPDF_Font
        /// nil for standard fonts.
        let definition: HPDF_FontDef?
    }

    /// An empty document without a page.
    init(font: PDFFont) throws(StatementError) {
        guard let document = HPDF_New(nil, nil) else {
            throw StatementError(.pdfFailed, "libharu cannot begin a document")
        }
        HPDF_SetCompressionMode(document, UInt32(HPDF_COMP_ALL))
        do throws(StatementError) {
            faces = try Self.faces(of: font, in: document)
        } catch {
            // A value that was never whole has no deinit.
            HPDF_Free(document)
            throw error
        }
        self.document = document
    }

    deinit { HPDF_Free(document) }

    private static func faces(
        of font: PDFFont, in document: HPDF_Doc
    ) throws(StatementError) -> (regular: Face, bold: Face) {
        guard case .trueType(let path, let boldPath) = font else {
            return (
                try standardFace("Helvetica", of: document),
                try standardFace("Helvetica-Bold", of: document)
            )
        }
        HPDF_UseUTFEncodings(document)
        let regular = try face(ofFile: path, of: document)
        // libharu has one definition for a file; asked for it twice, it would report an error.
        guard let boldPath, boldPath != path else { return (regular, regular) }
        return (regular, try face(ofFile: boldPath, of: document))
    }

    private static func standardFace(
        _ name: String, of document: HPDF_Doc
    ) throws(StatementError) -> Face {
        guard let font = HPDF_GetFont(document, name, "WinAnsiEncoding") else {
            throw failure(of: document)
        }
        return Face(font: font, definition: nil)
    }

    private static func face(
        ofFile path: String, of document: HPDF_Doc
    ) throws(StatementError) -> Face {
        guard let name = HPDF_LoadTTFontFromFile(document, path, 1),
            let font = HPDF_GetFont(document, name, "UTF-8"),
            let definition = HPDF_Doc_FindFontDef(document, name)
        else {
            throw StatementError(
                .unusableFont, "\(path) cannot be embedded: \(reason(of: document))")
        }
        return Face(font: font, definition: definition)
    }

    private static func reason(of document: HPDF_Doc) -> String {
        let (code, detail) = (HPDF_GetError(document), HPDF_GetErrorDetail(document))
        return "libharu error 0x\(String(code, radix: 16)), detail \(detail)"
    }

    private static func failure(of document: HPDF_Doc) -> StatementError {
        StatementError(.pdfFailed, reason(of: document))
    }

    // MARK: - The document

    /// What readers show of it. Both are ASCII; the moment, after RFC 3339 with six decimals in
    /// UTC, stands for the time of its making, which would differ from one making to the next.
    func describe(title: String, madeAt moment: String) {
        let digits = moment.utf8.split { !(0x30...0x39).contains($0) }
        let numbers = digits.prefix(6).map { $0.reduce(Int32(0)) { $0 * 10 + Int32($1 - 0x30) } }
        guard numbers.count == 6 else { return }
        HPDF_SetInfoAttr(document, HPDF_INFO_TITLE, title)
        let date = HPDF_Date(
            year: numbers[0], month: numbers[1], day: numbers[2], hour: numbers[3],
            minutes: numbers[4], seconds: numbers[5], ind: 0x5a, off_hour: 0, off_minutes: 0)
        HPDF_SetInfoDateAttr(document, HPDF_INFO_CREATION_DATE, date)
    }

    /// Goes on to a new page of A4, upright.
    mutating func addPage() {
        page = HPDF_AddPage(document)
        HPDF_Page_SetSize(page, HPDF_PAGE_SIZE_A4, HPDF_PAGE_PORTRAIT)
    }

    /// The document's bytes.
    consuming func finish() throws(StatementError) -> [UInt8] {
        guard HPDF_GetError(document) == HPDF_OK, HPDF_SaveToStream(document) == HPDF_OK,
            HPDF_ResetStream(document) == HPDF_OK
        else { throw Self.failure(of: document) }
        let size = HPDF_GetStreamSize(document)
        var count = size
        var bytes = [UInt8](repeating: 0, count: Int(size))
        // It also tells when the stream has come to its end, which is no error.
        _ = HPDF_ReadFromStream(document, &bytes, &count)
        guard size > 0, count == size else { throw Self.failure(of: document) }
        return bytes
    }

    // MARK: - Texts and lines

    private func face(_ weight: PDFWeight) -> Face {
        weight == .bold ? faces.bold : faces.regular
    }

    /// Whether the font has a character.
    func has(_ scalar: Unicode.Scalar, in weight: PDFWeight) -> Bool {
        guard let definition = face(weight).definition else {
            return Windows1252.byte(for: scalar) != nil
        }
        // libharu knows the Basic Multilingual Plane only.
        guard let code = UInt16(exactly: scalar.value) else { return false }
        return HPDF_TTFontDef_GetGlyphid(definition, code) != 0
    }

    /// A text of characters that the font has, as the font's encoding has it.
    private func encode(_ text: String, in weight: PDFWeight) -> [UInt8] {
        if face(weight).definition != nil { return Array(text.utf8) }
        return text.unicodeScalars.map { Windows1252.byte(for: $0) ?? UInt8(ascii: "?") }
    }

    /// How wide a text of characters that the font has will be, in points.
    func width(of text: String, _ weight: PDFWeight, size: Float) -> Float {
        let bytes = encode(text, in: weight)
        let width = HPDF_Font_TextWidth(face(weight).font, bytes, UInt32(bytes.count))
        return Float(width.width) * size / 1_000
    }

    /// Sets a text of characters that the font has; its base line begins at `x` points from the
    /// page's left and `y` from its bottom. Grey is 0 for black and 1 for white.
    func show(
        _ text: String, _ weight: PDFWeight, size: Float, grey: Float, x: Float, y: Float
    ) {
        HPDF_Page_BeginText(page)
        HPDF_Page_SetGrayFill(page, grey)
        HPDF_Page_SetFontAndSize(page, face(weight).font, size)
        HPDF_Page_MoveTextPos(page, x, y)
        (encode(text, in: weight) + [0]).withUnsafeBytes {
            _ = HPDF_Page_ShowText(page, $0.bindMemory(to: CChar.self).baseAddress)
        }
        HPDF_Page_EndText(page)
    }

    /// Draws a thin level line.
    func rule(from left: Float, to right: Float, y: Float) {
        HPDF_Page_SetLineWidth(page, 0.5)
        HPDF_Page_SetGrayStroke(page, 0.6)
        HPDF_Page_MoveTo(page, left, y)
        HPDF_Page_LineTo(page, right, y)
        HPDF_Page_Stroke(page)
    }
}

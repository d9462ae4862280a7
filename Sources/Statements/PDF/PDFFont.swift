/// What a PDF is set in.
public enum PDFFont: Sendable, Hashable {
    /// Helvetica, which every reader of PDF has: Western European letters (Windows-1252). Every
    /// other character shows as `?`.
    case standard
    /// A TrueType font that is embedded as far as it is used, such as
    /// `/usr/share/fonts/truetype/dejavu/DejaVuSans.ttf` of Debian's fonts-dejavu-core. A character
    /// that it does not have shows as U+FFFD, or as `?` if it does not have that either. Letters
    /// are set from left to right and are not joined, whatever their script.
    ///
    /// - Parameters:
    ///   - path: The font's file, read anew for each document.
    ///   - bold: That of headings; nil for the same one.
    case trueType(path: String, bold: String?)
}

/// The two weights of a document.
enum PDFWeight { case regular, bold }

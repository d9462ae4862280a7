internal import Compression

/// A table's text on its way into a file that appears whole or not at all; compressed (gzip) if the file's name ends in
/// `.gz`.
public struct TableOutput: ~Copyable, Sendable {
    private var file: AtomicFile
    private let path: String
    private var encoder: GzipEncoder?
    private var compressed: [UInt8] = []

    /// Begins a table that will stand at `path`.
    public init(path: String) throws(OutputError) {
        self.path = path
        file = try AtomicFile(path: path)
        encoder = path.hasSuffix(".gz") ? GzipEncoder() : nil
    }

    /// Adds text. Throws if the disk does not take it.
    public mutating func append(_ text: borrowing TextBuffer) throws(OutputError) {
        guard encoder != nil else { return try file.append(text.bytes) }
        compressed.removeAll(keepingCapacity: true)
        do throws(GzipError) { try encoder?.encode(text.bytes, into: &compressed) } catch {
            throw OutputError(path: path, reason: error.description)
        }
        try file.append(compressed)
    }

    /// Puts the table in its place.
    public mutating func commit() throws(OutputError) {
        compressed.removeAll(keepingCapacity: true)
        do throws(GzipError) { try encoder?.finish(into: &compressed) } catch {
            throw OutputError(path: path, reason: error.description)
        }
        try file.append(compressed)
        try file.commit()
    }
}

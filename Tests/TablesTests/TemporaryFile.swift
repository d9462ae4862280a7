import Glibc

/// A path of its own that is removed at the end of a test.
struct TemporaryFile: ~Copyable {
    let path: String

    init(_ content: String? = nil) { self.init(content.map { Array($0.utf8) } ?? []) }

    init(_ bytes: [UInt8]) {
        var template = Array("/tmp/holdfast-tables-XXXXXX".utf8CString)
        let descriptor = mkstemp(&template)
        path = String(decoding: template.dropLast().map { UInt8(bitPattern: $0) }, as: UTF8.self)
        precondition(write(descriptor, bytes, bytes.count) == bytes.count)
        close(descriptor)
    }

    deinit { unlink(path) }

    var bytes: [UInt8] { readBytes(path) ?? [] }
}

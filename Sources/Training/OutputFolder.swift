internal import Glibc
internal import Tables

/// A folder that results are written into, each file by atomic rename.
struct OutputFolder {
    private let path: String

    /// Makes the folder, unless it is there, if its parent exists.
    init(_ path: String) throws(OutputError) {
        if mkdir(path, 0o755) != 0 && errno != EEXIST {
            throw OutputError(path: path, reason: String(cString: strerror(errno)))
        }
        self.path = path
    }

    func write(_ bytes: [UInt8], to name: String) throws(OutputError) {
        try AtomicFile.write(bytes, to: path + "/" + name)
    }

    func write(_ files: [(name: String, text: String)]) throws(OutputError) {
        for file in files { try write(Array(file.text.utf8), to: file.name) }
    }
}

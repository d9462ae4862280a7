import Cryptography
import Foundation

/// Strings that a test gives to the service as somebody's data, and that must come out of it nowhere but to that person:
/// they are looked for in whatever a run leaves behind, in every form in which they might hide.
///
/// Strings must be long and strange enough to stand nowhere by chance, and no other test of the run may use them.
public struct PlantedData: Sendable {
    /// Where something planted was found.
    public struct Finding: Sendable, Hashable, CustomStringConvertible {
        /// What was planted.
        public let planted: String
        /// How it was written: `plain`, `hexadecimal`, `base64`, `percent`.
        public let form: String
        /// Where: a table's column, a file, or what the caller called it.
        public let place: String
        /// What is around it.
        public let context: String

        /// All of it, in a line.
        public var description: String { "\(planted) (\(form)) in \(place): …\(context)…" }
    }

    private struct Needle: Sendable {
        let planted: String
        let form: String
        let bytes: [UInt8]
    }
    private let needles: [Needle]
    /// What is looked for.
    public let strings: [String]

    /// - Parameter strings: of 6 bytes at least.
    public init(_ strings: [String]) {
        precondition(strings.allSatisfy { $0.utf8.count >= 6 }, "short strings are everywhere")
        self.strings = strings
        needles = strings.flatMap(Self.needles)
    }

    /// All that is found in some bytes, one finding for each string and form.
    public func findings(in bytes: [UInt8], of place: String) -> [Finding] {
        bytes.withUnsafeBytes { findings(in: $0, of: place) }
    }

    /// All that is found in a text, such as a response's or of metrics.
    public func findings(in text: String, of place: String) -> [Finding] {
        findings(in: Array(text.utf8), of: place)
    }

    /// All that is found in lines of a log.
    public func findings(inLines lines: [String]) -> [Finding] {
        findings(in: lines.joined(separator: "\n"), of: "log")
    }

    /// All that is found in the files of a folder and of those in it, read as bytes: logs, exported tables, or the data
    /// folder of a database with all that it wrote ahead, once it has written what it had in memory.
    ///
    /// - Returns: The findings, and how many bytes were looked at: a test that looks at none shows nothing.
    public func findings(
        inFilesOf folder: String
    ) throws -> (findings: [Finding], bytes: Int) {
        var found: [Finding] = []
        var count = 0
        guard let files = FileManager.default.enumerator(atPath: folder) else {
            throw CocoaError(.fileReadNoSuchFile)
        }
        for case let file as String in files {
            let path = folder + "/" + file
            var status = stat()
            // Those that go while they are listed, and what is no file, have nothing to read.
            guard lstat(path, &status) == 0, status.st_mode & S_IFMT == S_IFREG,
                let data = FileManager.default.contents(atPath: path)
            else { continue }
            count += data.count
            found += data.withUnsafeBytes { findings(in: $0, of: path) }
        }
        return (found, count)
    }

    // MARK: - Inside

    private func findings(in bytes: UnsafeRawBufferPointer, of place: String) -> [Finding] {
        var found: [Finding] = []
        for needle in needles {
            guard let hit = Self.offset(of: needle.bytes, in: bytes) else { continue }
            let finding = Finding(
                planted: needle.planted, form: needle.form, place: place,
                context: Self.context(bytes, at: hit, needle.bytes.count))
            if !found.contains(where: { $0.planted == finding.planted && $0.form == finding.form })
            {
                found.append(finding)
            }
        }
        return found
    }

    private static func offset(of needle: [UInt8], in bytes: UnsafeRawBufferPointer) -> Int? {
        guard let base = bytes.baseAddress, let first = needle.first else { return nil }
        var start = 0
        while start + needle.count <= bytes.count {
            let rest = bytes.count - needle.count + 1 - start
            guard let hit = memchr(base + start, Int32(first), rest) else { return nil }
            if memcmp(hit, needle, needle.count) == 0 { return base.distance(to: hit) }
            start = base.distance(to: hit) + 1
        }
        return nil
    }

    private static func context(
        _ bytes: UnsafeRawBufferPointer, at offset: Int, _ count: Int
    ) -> String {
        let range = max(0, offset - 40)..<min(bytes.count, offset + count + 40)
        let shown = bytes[range].map { (0x20..<0x7f).contains($0) ? $0 : UInt8(ascii: ".") }
        return String(decoding: shown, as: UTF8.self)
    }

    private static func needles(of planted: String) -> [Needle] {
        var forms: [(String, [UInt8])] = []
        // Contacts and handles are kept in lower case; some headers and names are not.
        for text in Set([planted, planted.lowercased(), planted.uppercased()]) {
            let bytes = Array(text.utf8)
            let hexadecimal = Hexadecimal.encode(bytes)
            forms += [("plain", bytes)]
            forms += [("hexadecimal", Array(hexadecimal.utf8))]
            forms += [("hexadecimal", Array(hexadecimal.uppercased().utf8))]
            forms += base64(bytes).map { ("base64", $0) }
            let percent = text.addingPercentEncoding(withAllowedCharacters: .alphanumerics) ?? text
            if percent != text { forms += [("percent", Array(percent.utf8))] }
            // JSON writes what is not ASCII, quotes and slashes in ways of its own.
            if let data = try? JSONSerialization.data(withJSONObject: [text]) {
                let json = Array(data.dropFirst(2).dropLast(2))
                if json != bytes { forms += [("plain", json)] }
            }
        }
        return forms.map { Needle(planted: planted, form: $0.0, bytes: $0.1) }
    }

    /// What is the same in Base64, of either alphabet, wherever in a text the bytes begin: the digits that others have no
    /// part in.
    private static func base64(_ bytes: [UInt8]) -> [[UInt8]] {
        (0..<3).flatMap { shift -> [[UInt8]] in
            let padded = [UInt8](repeating: 0, count: shift) + bytes
            let digits = Array(Data(padded).base64EncodedString().utf8)
            let first = (shift * 8 + 5) / 6
            let end = padded.count * 8 / 6
            let standard = Array(digits[first..<end])
            let url = standard.map { byte -> UInt8 in
                switch byte {
                case UInt8(ascii: "+"): UInt8(ascii: "-")
                case UInt8(ascii: "/"): UInt8(ascii: "_")
                default: byte
                }
            }
            return url == standard ? [standard] : [standard, url]
        }
    }
}

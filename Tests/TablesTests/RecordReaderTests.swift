import Compression
import SplitMix
import Testing

@testable import Tables

@Suite struct RecordReaderTests {
    private static func records(_ path: String) throws -> [[String]] {
        var reader = try RecordReader(path: path, hashes: false)
        var records: [[String]] = []
        while try reader.next() {
            records.append(
                (0..<reader.fieldCount).map {
                    String(decoding: reader.text[reader.field($0)], as: UTF8.self)
                })
        }
        return records
    }

    private static func records(of text: String) throws -> [[String]] {
        let file = TemporaryFile(text)
        return try records(file.path)
    }

    @Test func `quotes, commas, newlines and both line ends are those of RFC 4180`() throws {
        #expect(
            try Self.records(of: "a,b\r\n\"x,\"\"y\"\"\",\"two\r\nlines\"\n,\n\"\",last")
                == [["a", "b"], ["x,\"y\"", "two\r\nlines"], ["", ""], ["", "last"]])
        #expect(try Self.records(of: "") == [])
        #expect(try Self.records(of: "\u{feff}a\n") == [["a"]])
        #expect(try Self.records(of: "a,") == [["a", ""]])
    }

    @Test func `a record is told by the line on which it begins`() throws {
        let file = TemporaryFile("a\n\"b\nb\"\nc\n")
        var reader = try RecordReader(path: file.path, hashes: false)
        var lines: [Int] = []
        while try reader.next() { lines.append(reader.line) }
        #expect(lines == [1, 2, 4])
    }

    @Test(arguments: [
        ("x\"y,b\n", 0), ("a,\"b\"c\n", 1), ("a,b\rc\n", 1), ("\"a\"\"\" ,b\n", 0),
    ])
    func `a malformed record is named, and the next one is read`(text: String, field: Int) throws {
        let file = TemporaryFile(text + "next,one\n")
        var reader = try RecordReader(path: file.path, hashes: false)
        #expect(try reader.next())
        #expect(reader.malformation?.field == field)
        #expect(try reader.next())
        #expect(reader.malformation == nil && reader.fieldCount == 2)
        #expect(reader.string(reader.field(0)) == "next")
    }

    @Test func `a quote that is never closed ends the reading, by line`() throws {
        let file = TemporaryFile("a\n\"b\nc\n")
        var reader = try RecordReader(path: file.path, hashes: false)
        #expect(try reader.next())
        do {
            _ = try reader.next()
            Issue.record("was read")
        } catch { #expect(error.line == 2) }
    }

    @Test func `a record longer than a mebibyte ends the reading`() throws {
        let file = TemporaryFile("a\n\"" + String(repeating: "x", count: 1 << 21) + "\"\n")
        var reader = try RecordReader(path: file.path, hashes: false)
        #expect(try reader.next())
        #expect(throws: TableError.self) { try reader.next() }
    }

    @Test func `records that straddle the buffer's end are whole, compressed or not`() throws {
        var random = SplitMix64(seed: 5)
        var expected: [[String]] = []
        var text = ""
        while text.utf8.count < 3 << 20 {
            let record = (0..<3).map { _ in
                String(
                    (0..<random.below(200)).map { _ in
                        "ab\"c,\nd\r".randomElement(using: &random) ?? "a"
                    })
            }
            expected.append(record)
            text +=
                record.map { "\"" + $0.replacing("\"", with: "\"\"") + "\"" }
                .joined(separator: ",") + "\n"
        }
        let file = TemporaryFile(text)
        #expect(try Self.records(file.path) == expected)

        // Two members, one after the other, are one text.
        let bytes = Array(text.utf8)
        var compressed: [UInt8] = []
        for part in [bytes[..<1_000_000], bytes[1_000_000...]] {
            var encoder = GzipEncoder()
            try encoder.encode(Array(part), into: &compressed)
            try encoder.finish(into: &compressed)
        }
        let archive = TemporaryFile(compressed)
        #expect(try Self.records(archive.path) == expected)

        let cut = TemporaryFile(Array(compressed.dropLast(9)))
        do {
            _ = try Self.records(cut.path)
            Issue.record("a file that was cut short was read")
        } catch { #expect("\(error)".contains("cut short")) }
        var altered = compressed
        altered[altered.count / 2] ^= 1
        let damaged = TemporaryFile(altered)
        #expect(throws: (any Error).self) { try Self.records(damaged.path) }
    }
}

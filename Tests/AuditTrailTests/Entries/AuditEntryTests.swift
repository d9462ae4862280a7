import Cryptography
import Testing

@testable import AuditTrail

@Suite struct AuditEntryTests {
    @Test func `the encoding is the one that is laid down, byte for byte`() throws {
        let record = try AuditRecord(
            actor: "Ä", act: .keyRotated, subject: "", outcome: .refused,
            details: [AuditDetail("a", "b")])
        let encoding = EntryEncoding(
            index: 258, recordedAtMicros: 1, record: record, previousHash: .zero)
        let expected: [UInt8] =
            [0, 0, 0, 23] + Array("holdfast.audit.entry.v1".utf8)
            + [UInt8](repeating: 0, count: 32)
            + [0, 0, 0, 0, 0, 0, 1, 2] + [0, 0, 0, 0, 0, 0, 0, 1]
            + [0, 0, 0, 2, 0xc3, 0x84] + [0, 0, 0, 11] + Array("key.rotated".utf8)
            + [0, 0, 0, 0] + [2] + [0, 0, 0, 1] + [0, 0, 0, 1, 0x61, 0, 0, 0, 1, 0x62]
        #expect(encoding.bytes == expected)
        #expect(encoding.hash == SHA256.hash(expected))
    }

    @Test func `a hash for another place is the hash of the entry there`() {
        let (_, entries) = Samples.entries(3)
        var encoding = EntryEncoding(entries[2])
        let other = AuditEntry(
            index: 77, recordedAtMicros: entries[2].recordedAtMicros, record: entries[2].record,
            after: entries[2].previousHash)
        #expect(encoding.hash(at: 77) == other.hash)
        #expect(encoding.hash(at: 2) == entries[2].hash)
    }

    @Test func `text that moves from one field to the next makes another entry`() throws {
        let pairs = [("ab", ""), ("a", "b")]
        var hashes: Set<SHA256Digest> = []
        for (actor, subject) in pairs {
            let record = try AuditRecord(actor: actor, act: .keyRotated, subject: subject)
            hashes.insert(
                AuditEntry(index: 0, recordedAtMicros: 0, record: record, after: .zero).hash)
        }
        for details in [[("a", "bc"), ("d", "")], [("a", "b"), ("d", "c")], [("a", "b")], []] {
            let record = try AuditRecord(
                actor: "a", act: .keyRotated, details: details.map { AuditDetail($0.0, $0.1) })
            hashes.insert(
                AuditEntry(index: 0, recordedAtMicros: 0, record: record, after: .zero).hash)
        }
        #expect(hashes.count == 6)
    }

    @Test func `entries are chained, the first one to the log's identifier`() {
        let (head, entries) = Samples.entries(20)
        #expect(entries[0].previousHash == AuditEntry.start(of: Samples.log))
        for (before, after) in zip(entries, entries.dropFirst()) {
            #expect(after.previousHash == before.hash)
            #expect(after.index == before.index + 1)
        }
        #expect(entries.allSatisfy { $0.hash == $0.computedHash })
        #expect(head.lastHash == entries.last?.hash)
        #expect(head.size == 20)
        let other = AuditLogID(high: 1, low: 2)
        #expect(AuditEntry.start(of: other) != AuditEntry.start(of: Samples.log))
    }

    @Test func `time never goes back though the clock does`() {
        var head = AuditHead(log: Samples.log)
        let times = [50, 70, 60, 71].flatMap { clock in
            head.append(Samples.records(2), clockMicros: clock).map(\.recordedAtMicros)
        }
        #expect(times == [50, 50, 70, 70, 70, 70, 71, 71])
    }
}

@Suite struct AuditRecordTests {
    @Test(arguments: ["session.started", "a", String(repeating: "z", count: 64), "x_1.2"])
    func `words of small letters, digits, underscores and dots are acts`(_ word: String) {
        #expect(AuditAct(rawValue: word)?.rawValue == word)
    }

    @Test(arguments: ["", "Session", "a b", "é", String(repeating: "z", count: 65), "a-b", "a\n"])
    func `other words are not`(_ word: String) { #expect(AuditAct(rawValue: word) == nil) }

    @Test(arguments: [
        ("", "", []),
        (String(repeating: "a", count: 201), "", []),
        ("a", String(repeating: "é", count: 101), []),
        ("a\u{0}", "", []),
        ("a", "line\nbreak", []),
        ("a", "", [("Name", "x")]),
        ("a", "", [("name", "x"), ("name", "y")]),
        ("a", "", [("name", String(repeating: "x", count: 513))]),
        ("a", "", [("name", "x\u{7f}")]),
        ("a", "", (0...16).map { ("n\($0)", "") }),
    ])
    func `what breaks a limit is refused`(
        _ actor: String, _ subject: String, _ details: [(String, String)]
    ) {
        let error = #expect(throws: AuditError.self) {
            try AuditRecord(
                actor: actor, act: .keyRotated, subject: subject,
                details: details.map { AuditDetail($0.0, $0.1) })
        }
        #expect(error?.isInvalid == true)
    }

    @Test func `what is just within the limits is taken, and details read as they were written`()
        throws
    {
        let details =
            (0..<15).map { AuditDetail("n\($0)", String(repeating: "x", count: 512)) }
            + [AuditDetail("equal.signs", "=a=b=")]
        let record = try AuditRecord(
            actor: String(repeating: "a", count: 200), act: .keyRotated,
            subject: String(repeating: "é", count: 100), details: details)
        #expect(DetailLines.read(DetailLines.write(record.details)) == details)
        #expect(DetailLines.read("") == [])
        #expect(DetailLines.read("no sign") == nil)
        #expect(record.detail("equal.signs") == "=a=b=")
    }

    @Test func `events of the ledger are named and read again`() throws {
        let reference = LedgerReference(sequences: 5...9, runningHash: SHA256.hash([1]))
        let record = try reference.record()
        #expect(LedgerReference(record) == reference)
        #expect(LedgerReference(Samples.record(1)) == nil)
    }

    @Test(arguments: [
        "01234567-89ab-4def-8011-223344556677", "00000000-0000-0000-0000-000000000000",
    ])
    func `a log's identifier reads as it is written`(_ text: String) {
        #expect(AuditLogID(text)?.description == text)
        #expect(AuditLogID(text.uppercased())?.description == text)
    }

    @Test(arguments: [
        "", "01234567-89ab-4def-8011-22334455667", "+1234567-89ab-4def-8011-223344556677",
        "0123456789ab4def8011223344556677", "01234567-89ab-4def-8011-22334455667g",
    ])
    func `another text is no identifier`(_ text: String) { #expect(AuditLogID(text) == nil) }
}

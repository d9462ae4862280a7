import Cryptography
import Testing

@testable import AuditTrail

@Suite struct AuditJSONTests {
    private let key = AuditSigningKey()

    private func proof(_ index: Int, of size: Int) throws -> AuditProof {
        let (log, entries) = Samples.entries(size)
        let path = MerkleTree.inclusionPath(of: Int64(index), size: Int64(size)) { range in
            range.map { entries[Int($0)].leafHash }
        }
        return AuditProof(
            entry: entries[index],
            head: try #require(SignedTreeHead(log, signedAtMicros: 9, with: key)), path: path)
    }

    @Test func `an entry is one line that reads as it was written`() throws {
        let (_, entries) = Samples.entries(6)
        for entry in entries {
            #expect(!entry.json.contains("\n"))
            #expect(try AuditEntry(json: entry.json) == entry)
        }
        #expect(
            entries[1].json.hasPrefix(
                #"{"act":"key.rotated","actor":"person-1","details":[{"name":"number","#
                    + #""text":"1"}],"format":"holdfast.audit.entry.v1","hash":""#))
    }

    @Test func `text of any script and with quotes comes back byte for byte`() throws {
        let record = try AuditRecord(
            actor: "a\"b\\c/d", act: .keyRotated, subject: "žluťoučký 鍵 🔑 e\u{301}")
        let entry = AuditEntry(
            index: .max - 1, recordedAtMicros: .min, record: record, after: .zero)
        let read = try AuditEntry(json: entry.json)
        #expect(Array(read.record.subject.utf8) == Array(record.subject.utf8))
        #expect(read.computedHash == entry.hash)
    }

    @Test func `a proof that went through text holds, and one changed in any part does not`() throws
    {
        for (index, size) in [(0, 1), (3, 11), (10, 11), (7, 8)] {
            let proof = try proof(index, of: size)
            let text = proof.json
            #expect(try AuditProof(json: text) == proof)
            #expect(try AuditProof(json: text).verify(with: key.publicKey) == .holds)
            #expect(proof.verify(with: AuditSigningKey().publicKey) == .headForged)
            // Each character that carries something: what can still be read no longer holds.
            let format = try #require(text.range(of: "holdfast.audit.proof.v1"))
            for place in text.indices where text[place].isNumber || text[place].isLetter {
                if format.contains(place) { continue }
                var other = text
                let digit: Character = text[place] == "3" ? "4" : "3"
                other.replaceSubrange(place...place, with: String(digit))
                guard let read = try? AuditProof(json: other), read != proof else { continue }
                #expect(read.verify(with: key.publicKey) != .holds, "\(other)")
            }
        }
    }

    @Test func `a verdict says what is wrong`() throws {
        let proof = try proof(3, of: 11)
        let other = Samples.entries(12).entries[4]
        func verdict(_ entry: AuditEntry) -> AuditVerdict {
            AuditProof(entry: entry, head: proof.head, path: proof.path).verify(
                with: key.publicKey)
        }
        #expect(verdict(proof.entry) == .holds)
        #expect(verdict(other) == .notIncluded)
        let edited = AuditEntry(
            index: 3, recordedAtMicros: proof.entry.recordedAtMicros, record: other.record,
            previousHash: proof.entry.previousHash, hash: proof.entry.hash)
        #expect(verdict(edited) == .entryEdited)
        let replaced = AuditEntry(
            index: 3, recordedAtMicros: 1, record: other.record,
            after: proof.entry.previousHash)
        #expect(verdict(replaced) == .notIncluded)
    }

    @Test func `a log that only grew is consistent, a rewritten one is not`() throws {
        let (log, entries) = Samples.entries(29)
        let (before, _) = Samples.entries(13)
        let older = try #require(SignedTreeHead(before, signedAtMicros: 1, with: key))
        let newer = try #require(SignedTreeHead(log, signedAtMicros: 2, with: key))
        let path = MerkleTree.consistencyPath(from: 13, to: 29) { range in
            range.map { entries[Int($0)].leafHash }
        }
        let grown = AuditConsistency(older: older, newer: newer, path: path)
        #expect(grown.verify(with: key.publicKey) == .holds)
        #expect(try AuditConsistency(json: grown.json) == grown)
        #expect(
            AuditConsistency(older: newer, newer: older, path: path).verify(with: key.publicKey)
                == .notComparable)
        #expect(
            AuditConsistency(older: older, newer: newer, path: []).verify(with: key.publicKey)
                == .notConsistent)
        var other = AuditHead(log: Samples.log)
        _ = other.append(Samples.records(29), clockMicros: 77)
        let rewritten = try #require(SignedTreeHead(other, signedAtMicros: 2, with: key))
        #expect(
            AuditConsistency(older: older, newer: rewritten, path: path)
                .verify(with: key.publicKey) == .notConsistent)
        // Keys change: each head is verified with its own.
        let next = AuditSigningKey()
        let renewed = try #require(SignedTreeHead(log, signedAtMicros: 2, with: next))
        let across = AuditConsistency(older: older, newer: renewed, path: path)
        #expect(across.verify(with: next.publicKey) == .headForged)
        #expect(across.verify(with: next.publicKey, olderKey: key.publicKey) == .holds)
    }

    @Test(arguments: [
        "", "{}", "[]", "null", "{\"format\":\"holdfast.audit.head.v1\"}",
    ])
    func `what is no export is refused by all who read`(_ text: String) {
        #expect(throws: AuditError.self) { try AuditEntry(json: text) }
        #expect(throws: AuditError.self) { try SignedTreeHead(json: text) }
        #expect(throws: AuditError.self) { try AuditProof(json: text) }
        #expect(throws: AuditError.self) { try AuditConsistency(json: text) }
    }

    @Test func `what is too deep or too long is refused`() {
        let deep = String(repeating: "[", count: 100_000)
        let long = "\"" + String(repeating: "x", count: 2 << 20) + "\""
        for text in [deep, long] {
            #expect(throws: AuditError.self) { try AuditProof(json: text) }
        }
    }

    @Test func `one export is not taken for another`() throws {
        let head = try proof(0, of: 1).head
        let renamed = head.json.replacing("audit.head.v1", with: "audit.head.v2")
        let error = #expect(throws: AuditError.self) { try SignedTreeHead(json: renamed) }
        #expect(error?.isMalformed == true)
        #expect(try SignedTreeHead(json: head.json) == head)
    }
}

import Foundation
import Testing

@testable import AuditTrail

@Suite struct KeyFileTests {
    private static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = "/tmp/holdfast-audit-key-\(UUID().uuidString)"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }

    @Test func `a key is made once, for its owner only, and then stays`() throws {
        try Self.withFolder { folder in
            let path = folder + "/audit.key"
            let made = try AuditSigningKey(file: path)
            let read = try AuditSigningKey(file: path)
            #expect(made.publicKey == read.publicKey)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["audit.key"])
        }
    }

    @Test func `many who come first at once get the same key`() async throws {
        let path = "/tmp/holdfast-audit-key-\(UUID().uuidString)"
        defer { unlink(path) }
        let keys = try await withThrowingTaskGroup(of: AuditPublicKey.self) { group in
            for _ in 0..<16 { group.addTask { try AuditSigningKey(file: path).publicKey } }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(keys.count == 1)
    }

    @Test(arguments: [0o640, 0o604, 0o660, 0o666])
    func `a key that others may read or write is refused`(_ mode: Int) throws {
        try Self.withFolder { folder in
            let path = folder + "/audit.key"
            _ = try AuditSigningKey(file: path)
            try FileManager.default.setAttributes([.posixPermissions: mode], ofItemAtPath: path)
            let error = #expect(throws: AuditError.self) { try AuditSigningKey(file: path) }
            #expect(error?.isKeyFile == true)
            #expect(error?.description.contains("chmod 600") == true)
        }
    }

    @Test(arguments: [
        "", "holdfast-audit-ed25519", "holdfast-audit-ed25519 12",
        "other \(String(repeating: "1", count: 64))",
        "holdfast-audit-ed25519 \(String(repeating: "1", count: 64)) more",
    ])
    func `what is no key is refused and left as it is`(_ text: String) throws {
        try Self.withFolder { folder in
            let path = folder + "/audit.key"
            let isMade = FileManager.default.createFile(
                atPath: path, contents: Data(text.utf8), attributes: [.posixPermissions: 0o600])
            #expect(isMade)
            #expect(throws: AuditError.self) { try AuditSigningKey(file: path) }
            let kept = try String(contentsOfFile: path, encoding: .utf8)
            #expect(kept == text)
        }
    }

    @Test func `a key in a folder that is not there is refused`() {
        let error = #expect(throws: AuditError.self) {
            try AuditSigningKey(file: "/tmp/no-such-folder-\(getpid())/audit.key")
        }
        #expect(error?.isKeyFile == true)
    }
}

import Foundation
import Operations
import Testing

/// The keys of a home's stream, as files.
@Suite struct StreamKeysTests {
    private static func keys(_ body: (StreamKeys, Home) throws -> Void) throws {
        let path = "/tmp/holdfast-keys-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        defer { try? FileManager.default.removeItem(atPath: path) }
        let home = try Home(path)
        try body(StreamKeys(home), home)
    }

    private static func message(_ body: () throws -> Void) -> String {
        do { try body() } catch { return "\(error)" }
        return ""
    }

    @Test func `a pair is made once, for its owner alone, and stays`() throws {
        try Self.keys { keys, _ in
            for side in StreamKeys.Side.allCases {
                #expect(try keys.publicKey(side) == nil)
                let made = try keys.make(side)
                #expect(made.isNew && made.publicKey.count == 64)
                let again = try keys.make(side)
                #expect(!again.isNew && again.publicKey == made.publicKey)
                var status = stat()
                #expect(stat(keys.secretPath(side), &status) == 0)
                #expect(status.st_mode & 0o777 == 0o600)
                let secret = try String(contentsOfFile: keys.secretPath(side), encoding: .utf8)
                #expect(!secret.contains(made.publicKey))
            }
            #expect(try keys.publicKey(.server) != keys.publicKey(.client))
        }
    }

    @Test func `a secret that others may read, and one that is none, are named with their path`()
        throws
    {
        try Self.keys { keys, _ in
            _ = try keys.make(.server)
            let path = keys.secretPath(.server)
            chmod(path, 0o640)
            let open = Self.message { _ = try keys.publicKey(.server) }
            #expect(open.contains(path) && open.contains("640") && open.contains("chmod 600"))
            chmod(path, 0o600)
            for wrong in ["", "12", String(repeating: "g", count: 64)] {
                try wrong.write(toFile: path, atomically: false, encoding: .utf8)
                let message = Self.message { _ = try keys.publicKey(.server) }
                #expect(message.contains(path) && message.contains("64 hexadecimal digits"))
            }
        }
    }

    @Test func `clients are allowed and denied by name, each key once`() throws {
        try Self.keys { keys, _ in
            let one = String(repeating: "1a", count: 32)
            let two = String(repeating: "2b", count: 32)
            try keys.allow(name: "engine", key: one.uppercased())
            try keys.allow(name: "engine", key: one)
            try keys.allow(name: "tail", key: two)
            #expect(
                try keys.allowed() == [
                    .init(name: "engine", key: one), .init(name: "tail", key: two),
                ])
            #expect(Self.message { try keys.allow(name: "engine", key: two) }.contains("engine"))
            #expect(Self.message { try keys.allow(name: "other", key: two) }.contains("as tail"))
            #expect(
                Self.message { try keys.allow(name: "two words", key: two) }.contains("no name"))
            #expect(Self.message { try keys.allow(name: "x", key: "12") }.contains("hexadecimal"))
            #expect(Self.message { try keys.deny(name: "nobody") }.contains("engine, tail"))
            try keys.deny(name: "engine")
            #expect(try keys.allowed() == [.init(name: "tail", key: two)])
        }
    }

    @Test func `a malformed line of the allow-list is named with its number`() throws {
        try Self.keys { keys, _ in
            let key = String(repeating: "1a", count: 32)
            try keys.allow(name: "engine", key: key)
            for (line, cause) in [
                ("alone", "`name key`"), ("short 12", "64 hexadecimal digits"),
                ("engine \(String(repeating: "0", count: 64))", "only once"),
                ("twice \(key)", "only once"),
            ] {
                try "# people\n\nengine \(key)\n\(line)\n".write(
                    toFile: keys.allowedPath, atomically: false, encoding: .utf8)
                let message = Self.message { _ = try keys.allowed() }
                #expect(message.contains("\(keys.allowedPath), line 4") && message.contains(cause))
            }
        }
    }

    @Test func `a home trusts the server it is told, or else its own`() throws {
        try Self.keys { keys, _ in
            #expect(try keys.trusted() == nil)
            let own = try keys.make(.server).publicKey
            #expect(try keys.trusted() == own)
            let other = String(repeating: "3c", count: 32)
            try keys.trust(other)
            #expect(try keys.trusted() == other)
            #expect(Self.message { try keys.trust("server") }.contains("64 hexadecimal digits"))
        }
    }

    @Test(arguments: [
        ("tcp://*:7400", true), ("tcp://127.0.0.1:1", true), ("ipc:///tmp/stream", false),
    ])
    func `addresses are read`(text: String, needsKeys: Bool) throws {
        let address = try StreamAddress(text)
        #expect(address.text == text && address.needsKeys == needsKeys)
    }

    @Test(arguments: [
        "", "7400", "http://a:1", "tcp://", "tcp://host", "tcp://host:", "tcp://:1", "tcp://host:0",
        "tcp://host:65536", "tcp://host:-1", "tcp://host:1:2", "ipc://", "ipc://stream", "ipc:///",
        "ipc:///" + String(repeating: "x", count: 107),
    ])
    func `what is no address is refused by name`(text: String) {
        let message = Self.message { _ = try StreamAddress(text) }
        #expect(message.contains(text.isEmpty ? "no address" : text), "\(message)")
    }
}

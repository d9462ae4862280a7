import Foundation
import Operations
import Testing

/// Master keys of a home, replaced while it serves.
@Suite struct KeysCommandTests {
    /// Somebody begins to register: what they say is sealed. Returns the answer's status.
    private static func register(_ up: RunningWallet, _ name: String) async throws -> Int {
        let body = """
            {"email":"\(name)@example.org","password":"correct horse battery","name":"\(name)","handle":"\(name)"}
            """
        return try await up.call {
            Int(
                try await $0.http.send("POST", "/v1/registrations", body: Array(body.utf8)).get()
                    .status)
        }
    }

    @Test func `a running home takes another master key, forgets the old one, and a backup has it`()
        async throws
    {
        try await CommandRig.run { rig in
            let up = try RunningWallet(rig, "home")
            try await up.untilReady(engine: false)
            #expect(try await Self.register(up, "ann") == 202)
            let first = try await rig.succeed(["keys", "show", "--home", up.home])
            #expect(first.contains("file:master-key") && !first.contains("wraps 0"), "\(first)")
            let lock = try HomeLock(keysOf: Home(up.home))
            for command in ["rotate", "forget"] {
                let second = try await rig.run(["keys", command, "--home", up.home])
                #expect(!second.ending.isSuccess, "\(second.text)")
                #expect(
                    second.text.contains("another command replaces the master keys"),
                    "\(second.text)")
            }
            lock.release()
            let rotated = try await rig.succeed(["keys", "rotate", "--home", up.home])
            #expect(rotated.contains(", 0 left"), "\(rotated)")
            let forgotten = try await rig.succeed(["keys", "forget", "--home", up.home])
            #expect(forgotten.contains("file:master-key"), "\(forgotten)")
            // The key that nothing needs any more can be destroyed while the service runs.
            try FileManager.default.removeItem(atPath: up.home + "/master-key")
            #expect(try await Self.register(up, "bob") == 202)
            let checked = try await rig.succeed(["keys", "check", "--home", up.home])
            #expect(checked.contains("values opened"), "\(checked)")
            let now = try await rig.succeed(["keys", "show", "--home", up.home])
            #expect(now.split(separator: "\n").count == 1 && now.contains("master-key-"), "\(now)")
            let backup = rig.folder + "/backup"
            try await rig.succeed(["backup", backup, "--home", up.home])
            try await up.stop()
            // A home that does not run is looked at, too.
            let restored = rig.home("restored")
            try await rig.succeed(["restore", backup, "--home", restored])
            let whole = try await rig.succeed(["keys", "check", "--home", restored])
            #expect(whole.contains("values opened"), "\(whole)")
            let refused = try await rig.run([
                "keys", "rotate", "--to", "file:nothing", "--home", restored,
            ])
            #expect(!refused.ending.isSuccess, "\(refused.text)")
        }
    }
}

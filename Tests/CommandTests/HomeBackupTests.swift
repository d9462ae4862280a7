import EventLog
import Foundation
import Operations
import Synchronization
import TestCluster
import TestProcesses
import Testing

/// A backup of a running home, and what is made from it.
@Suite(.serialized) struct HomeBackupTests {
    @Test func `a restored home serves the same clients, verifies, and its engine notices the cut`()
        async throws
    {
        try await CommandRig.run { rig in
            let backup = rig.folder + "/backup"
            // A model of the test's own, which another takes the place of later.
            let model = rig.folder + "/model.hfm"
            try FileManager.default.copyItem(atPath: BuiltExecutable.model, toPath: model)
            let up = try RunningWallet(rig, "home", ["--model", model])
            try await up.untilReady()
            let streamKey = try await rig.succeed(["stream", "keys", "server", "--home", up.home])
            try await rig.succeed(["stream", "allow", "engine", streamKey, "--home", up.home])
            let accounts = try await up.accounts("backup")
            for index in 0..<10 {
                _ = try await up.pay(accounts, "1.\(10 + index)", key: "before-\(index)")
            }
            let repeated = try await up.pay(accounts, "3.00", key: "kept")
            try await rig.succeed(["backup", backup, "--home", up.home])
            for name in ["api-keys", "token-key", "stream/server.key", "stream/allowed"] {
                var status = stat()
                #expect(stat(backup + "/keys/" + name, &status) == 0, "\(name)")
                #expect(status.st_mode & 0o777 == 0o600)
            }
            let lost = try await up.pay(accounts, "4.00", key: "lost")
            #expect(!lost.id.isEmpty)
            try await up.stop()
            // The engine's last snapshot is of events that the backup does not have.
            #expect(FileManager.default.fileExists(atPath: up.home + "/engine.snapshot"))
            let refused = try await rig.run(["restore", backup, "--home", up.home])
            #expect(!refused.ending.isSuccess && refused.text.contains("not overwritten"))
            for name in ["postgresql", "api-keys", "token-key", "stream", "models", "model"] {
                try FileManager.default.moveItem(
                    atPath: up.home + "/" + name, toPath: rig.folder + "/old-\(name)")
            }
            let kept = try #require(
                FileManager.default.contentsOfDirectory(atPath: backup + "/models")
                    .first { $0.hasSuffix(".hfm") })
            try Self.change(backup + "/models/" + kept) { $0[1_000] ^= 1 }
            let damaged = try await rig.run(["restore", backup, "--home", up.home])
            #expect(!damaged.ending.isSuccess)
            #expect(damaged.text.contains("models/\(kept) was changed"), "\(damaged.text)")
            #expect(!FileManager.default.fileExists(atPath: up.home + "/postgresql/data"))
            try Self.change(backup + "/models/" + kept) { $0[1_000] ^= 1 }
            try Self.change(model) { $0.append(0) }
            let restored = try await rig.succeed(["restore", backup, "--home", up.home])
            #expect(restored.contains("the one there now is another"), "\(restored)")
            #expect(restored.contains("--model \(up.home)/models/\(kept)"), "\(restored)")
            #expect(
                FileManager.default.contentsEqual(
                    atPath: "\(up.home)/models/\(kept)", andPath: BuiltExecutable.model))
            for name in ["api-keys", "token-key"] {
                #expect(
                    FileManager.default.contentsEqual(
                        atPath: up.home + "/" + name, andPath: rig.folder + "/old-\(name)"))
            }
            #expect(
                try await rig.succeed(["stream", "keys", "server", "--home", up.home]) == streamKey)

            let again = try RunningWallet(
                rig, "home", ["--model", "\(up.home)/models/\(kept)"])
            try await again.untilReady()
            let notices = await rig.eventually {
                again.log.contains("the state is discarded and replayed")
            }
            #expect(notices, "\(again.log)")
            let first = try await again.pay(accounts, "3.00", key: "kept")
            #expect(first.id == repeated.id && first.state == repeated.state)
            let anew = try await again.pay(accounts, "4.00", key: "lost")
            #expect(anew.id != lost.id)
            let decided = try await rig.eventually {
                try await again.pay(accounts, "5.00", key: UUID().uuidString).decidedBy == "engine"
            }
            #expect(decided)
            // The home keeps its models: no folder of others is needed.
            let verified = try await rig.run([
                "verify", "--home", up.home, "--models", rig.folder + "/none",
            ])
            #expect(verified.ending.isSuccess, "\(verified.text)")
            #expect(!verified.text.contains("apart:"), "\(verified.text)")
        }
    }

    @Test func `a backup that is incomplete or was changed is refused, and nothing is made`()
        async throws
    {
        try await CommandRig.run { rig in
            let backup = rig.folder + "/backup"
            let up = try RunningWallet(rig, "home", ["--no-engine"])
            try await up.untilReady(engine: false)
            try await rig.succeed(["backup", backup, "--home", up.home])
            let again = try await rig.run(["backup", backup, "--home", up.home])
            #expect(!again.ending.isSuccess && again.text.contains("not empty"))
            try await up.stop()
            let stopped = try await rig.run(["backup", rig.folder + "/other", "--home", up.home])
            #expect(!stopped.ending.isSuccess && stopped.text.contains("does not run"))

            let target = rig.home("target")
            func refusal() async throws -> String {
                let (ending, text) = try await rig.run(["restore", backup, "--home", target])
                #expect(!ending.isSuccess)
                #expect(!FileManager.default.fileExists(atPath: target + "/postgresql/data"))
                return text
            }
            func change(_ name: String, _ body: (inout Data) -> Void) throws {
                try Self.change(backup + "/" + name, body)
            }
            let keys = try Data(contentsOf: URL(fileURLWithPath: backup + "/keys/api-keys"))
            try change("keys/api-keys") { $0.append(10) }
            #expect(try await refusal().contains("api-keys was changed"))
            try change("keys/api-keys") { $0 = keys }
            let version = try Data(
                contentsOf: URL(fileURLWithPath: backup + "/postgresql/PG_VERSION"))
            try change("postgresql/PG_VERSION") { $0 = Data("14\n".utf8) }
            #expect(try await refusal().contains("PG_VERSION"))
            try change("postgresql/PG_VERSION") { $0 = version }
            let manifest = try Data(contentsOf: URL(fileURLWithPath: backup + "/manifest"))
            try FileManager.default.removeItem(atPath: backup + "/manifest")
            #expect(try await refusal().contains("has no manifest"))
            try manifest.write(to: URL(fileURLWithPath: backup + "/manifest"))
            // Another key in the way is not overwritten; the same one is no hindrance.
            try Data("other\n".utf8).write(to: URL(fileURLWithPath: target + "/token-key"))
            #expect(try await refusal().contains("token-key differs"))
            try FileManager.default.removeItem(atPath: target + "/token-key")
            try await rig.succeed(["restore", backup, "--home", target])
            #expect(
                FileManager.default.contentsEqual(
                    atPath: target + "/api-keys", andPath: up.home + "/api-keys"))
            // No engine ever ran there, so there is no model to speak of.
            #expect(!FileManager.default.fileExists(atPath: backup + "/models"))
        }
    }

    @Test func `a backup has the master keys that were taken up while it was made`() async throws {
        try await CommandRig.run { rig in
            let backup = rig.folder + "/backup"
            let up = try RunningWallet(rig, "home", ["--no-engine"])
            try await up.untilReady(engine: false)
            let home = up.home
            try await OwnThread.run {
                let done = Mutex(false)
                try HomeBackup(Home(home)).make(at: backup) { _, _ in
                    // Once, in the middle, as `keys rotate` and `keys forget` do it.
                    let isFirst = done.withLock { done in
                        defer { done = true }
                        return !done
                    }
                    guard isFirst else { return }
                    for (name, text) in [
                        ("master-key-0a0b0c0d", String(repeating: "17", count: 32)),
                        ("master-keys", "file:master-key-0a0b0c0d\n"),
                    ] {
                        let made = FileManager.default.createFile(
                            atPath: home + "/" + name, contents: Data(text.utf8),
                            attributes: [.posixPermissions: 0o600])
                        #expect(made)
                    }
                }
                #expect(done.withLock { $0 })
            }
            try await up.stop()
            let list = try String(contentsOfFile: backup + "/keys/master-keys", encoding: .utf8)
            let sources = list.split(separator: "\n").filter { !$0.hasPrefix("#") }
            #expect(sources == ["file:master-key-0a0b0c0d", "file:master-key"], "\(list)")
            let restored = rig.home("restored")
            try await rig.succeed(["restore", backup, "--home", restored])
            #expect(
                FileManager.default.contentsEqual(
                    atPath: restored + "/master-key-0a0b0c0d",
                    andPath: home + "/master-key-0a0b0c0d"))
            let whole = try await rig.succeed(["keys", "check", "--home", restored])
            #expect(whole.contains("values opened"), "\(whole)")
        }
    }

    private static func change(_ path: String, _ body: (inout Data) -> Void) throws {
        let url = URL(fileURLWithPath: path)
        var data = try Data(contentsOf: url)
        body(&data)
        try data.write(to: url)
    }
}

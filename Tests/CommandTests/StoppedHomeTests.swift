import Foundation
import Operations
import TestProcesses
import Testing

/// Commands that start a stopped home's cluster for themselves.
@Suite(.serialized) struct StoppedHomeTests {
    @Test(arguments: [["verify"], ["replay"]])
    func `they leave a home alone in which a supervisor is about to start`(command: [String])
        async throws
    {
        try await CommandRig.run { rig in
            let home = try Home(rig.home("home"))
            // What tells a cluster; that it would not start is no matter.
            let data = home.clusterFolder + "/data"
            try FileManager.default.createDirectory(
                atPath: data, withIntermediateDirectories: true)
            try "15\n".write(toFile: data + "/PG_VERSION", atomically: true, encoding: .utf8)
            let lock = try HomeLock(home)
            let (ending, text) = try await rig.run(command + ["--home", home.path])
            lock.release()
            #expect(!ending.isSuccess)
            #expect(text.contains("another holdfast runs in \(home.path)"), "\(text)")
        }
    }
}

import Foundation
import ProcessControl
import TestCluster
import Testing

@testable import PostgreSQL

/// Who works in a data folder, told from processes as the system shows them.
@Suite struct DataFolderUseTests {
    @Test func `a folder in which a process works is used, and free once it has ended`() throws {
        try Scratch.with { scratch in
            let data = try scratch.ownFolder("data")
            let child = try ChildProcess.start(
                "/bin/sh", ["-c", "cd '\(data)' && exec sleep 600"], environment: [:],
                output: .discard)
            defer { child.closePipes() }
            let end = ContinuousClock.now + .seconds(20)
            while DataFolderUse(of: data) == .free, ContinuousClock.now < end { usleep(10_000) }
            #expect(DataFolderUse(of: data) == .used(by: child.identifier))
            child.send(signal: SIGKILL)
            // Not waited for yet, it is a zombie: it works nowhere any more.
            while DataFolderUse(of: data) != .free, ContinuousClock.now < end { usleep(10_000) }
            #expect(DataFolderUse(of: data) == .free)
            _ = child.wait()
        }
    }

    @Test func `a process whose folder cannot be seen may be there, unless it is of another user`()
        throws
    {
        try Scratch.with { scratch in
            let data = try scratch.folder("data")
            let processes = try scratch.folder("proc")
            let elsewhere = try scratch.folder("proc/7")
            try FileManager.default.createSymbolicLink(
                atPath: elsewhere + "/cwd", withDestinationPath: "/")
            #expect(DataFolderUse(of: data, processes: processes) == .free)

            // What is no link cannot be read as one.
            let unseen = try scratch.folder("proc/8")
            try Data().write(to: URL(fileURLWithPath: unseen + "/cwd"))
            #expect(DataFolderUse(of: data, processes: processes) == .hidden(8))
            try Self.status("Uid:\t\(geteuid())\t1\t1\t1\n", unseen)
            #expect(DataFolderUse(of: data, processes: processes) == .hidden(8))
            let other = geteuid() + 1
            try Self.status("Uid:\t\(other)\t\(other)\t\(other)\t\(other)\n", unseen)
            #expect(DataFolderUse(of: data, processes: processes) == .free)
            try Self.status("Uid:\t\(other)\tnobody\t\(other)\t\(other)\n", unseen)
            #expect(DataFolderUse(of: data, processes: processes) == .hidden(8))

            // Whoever is seen at work counts more than whoever is not seen.
            let worker = try scratch.folder("proc/9")
            try FileManager.default.createSymbolicLink(
                atPath: worker + "/cwd", withDestinationPath: data)
            #expect(DataFolderUse(of: data, processes: processes) == .used(by: 9))
        }
    }

    @Test func `where processes are not shown at all, nothing is confirmed`() throws {
        try Scratch.with { scratch in
            let data = try scratch.folder("data")
            #expect(DataFolderUse(of: data, processes: scratch.path + "/none") == .hidden(0))
            #expect(DataFolderUse(of: scratch.path + "/none") == .hidden(0))
        }
    }

    @Test func `a lock file stays while anything works in the data folder, and goes afterwards`()
        async throws
    {
        try await Scratch.withOwnThread { scratch in
            let data = try scratch.ownFolder("data")
            let lock = data + "/postmaster.pid"
            let cluster = try PrivateCluster(folder: scratch.path)
            let child = try ChildProcess.start(
                "/bin/sh", ["-c", "cd '\(data)' && exec sleep 600"], environment: [:],
                output: .discard)
            defer { child.closePipes() }
            let end = ContinuousClock.now + .seconds(20)
            while DataFolderUse(of: data) == .free, ContinuousClock.now < end { usleep(10_000) }
            // The number of no server.
            let text = "\(child.identifier)\n\(data)\n"
            let socketLock = try scratch.folder("socket") + "/.s.PGSQL.5432.lock"
            for file in [lock, socketLock] {
                try text.write(toFile: file, atomically: false, encoding: .utf8)
            }
            #expect(throws: ClusterError.self) {
                try cluster.clearStaleLock(patience: .milliseconds(100))
            }
            #expect(FileManager.default.fileExists(atPath: lock))
            #expect(FileManager.default.fileExists(atPath: socketLock))
            child.send(signal: SIGKILL)
            _ = child.wait()
            try cluster.clearStaleLock()
            #expect(!FileManager.default.fileExists(atPath: lock))
            #expect(!FileManager.default.fileExists(atPath: socketLock))
            // A socket's lock of another cluster is not ours to remove.
            for file in [lock, socketLock] {
                try "1\n/elsewhere\n".write(toFile: file, atomically: false, encoding: .utf8)
            }
            try cluster.clearStaleLock()
            #expect(!FileManager.default.fileExists(atPath: lock))
            #expect(FileManager.default.fileExists(atPath: socketLock))
        }
    }

    @Test func `a cluster whose server and its processes were killed starts again`() async throws {
        try await Scratch.withOwnThread { scratch in
            let cluster = try PrivateCluster(
                folder: scratch.path + "/cluster", settings: ["shared_buffers": "'32MB'"])
            try cluster.start()
            defer { cluster.stop(immediately: true) }
            let server = try #require(cluster.processIdentifier)
            kill(server, SIGKILL)
            let end = ContinuousClock.now + .seconds(30)
            while cluster.processIdentifier != nil, ContinuousClock.now < end { usleep(10_000) }
            try cluster.start()
            #expect(cluster.processIdentifier != nil && cluster.processIdentifier != server)
            // A second start finds the server that runs, and leaves it alone.
            let second = cluster.processIdentifier
            try cluster.start()
            #expect(cluster.processIdentifier == second)
        }
    }

    private static func status(_ text: String, _ process: String) throws {
        try text.write(toFile: process + "/status", atomically: false, encoding: .utf8)
    }
}

/// A folder that is removed after the test.
struct Scratch {
    /// As the system knows it, without links.
    let path: String

    static func with(_ body: (Scratch) throws -> Void) throws {
        let path = "/tmp/holdfast-cluster-test-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o755])
        defer { try? FileManager.default.removeItem(atPath: path) }
        try body(Scratch(path: path))
    }

    /// The same for what waits for processes.
    static func withOwnThread(_ body: @escaping @Sendable (Scratch) throws -> Void) async throws {
        try await OwnThread.run { try Self.with(body) }
    }

    /// A folder of a user whose processes can all be seen: there are none.
    func ownFolder(_ name: String) throws -> String {
        let path = try folder(name)
        if geteuid() == 0 { #expect(chown(path, 65_534, 65_534) == 0) }
        return path
    }

    func folder(_ name: String) throws -> String {
        try FileManager.default.createDirectory(
            atPath: path + "/" + name, withIntermediateDirectories: true)
        return path + "/" + name
    }
}

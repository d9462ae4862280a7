import Foundation
import Operations
import ProcessControl
import TestProcesses
import Testing

/// A folder for homes, and the processes of the real executable that a test runs on them.
final class CommandRig {
    let folder: String
    private var running: [ChildProcess] = []
    /// Homes whose cluster must not be left behind.
    private var homes: [String] = []

    private init() throws {
        folder = "/tmp/holdfast-command-\(getpid())-\(UInt32.random(in: 0...UInt32.max))"
        // Others may pass through: the database server runs as another user when started as root.
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true,
            attributes: [.posixPermissions: 0o711])
        try endWithThisProcess()
    }

    /// Runs a test and leaves neither processes nor folders behind, however it ends.
    static func run(_ test: (CommandRig) async throws -> Void) async throws {
        let rig = try CommandRig()
        do { try await test(rig) } catch {
            await rig.stop()
            throw error
        }
        await rig.stop()
    }

    /// Path of a home of this test.
    func home(_ name: String) -> String {
        let path = folder + "/" + name
        if !homes.contains(path) { homes.append(path) }
        return path
    }

    func log(_ name: String) -> String {
        (try? String(contentsOfFile: folder + "/\(name).log", encoding: .utf8)) ?? ""
    }

    // MARK: - Processes

    /// Starts a command that goes on; what it prints is in ``log(_:)`` under `name`.
    @discardableResult
    func start(_ name: String, _ arguments: [String]) throws -> ChildProcess {
        let process = try ChildProcess.start(
            BuiltExecutable.path, arguments, environment: ProcessInfo.processInfo.environment,
            output: .file(folder + "/\(name).log"), ownGroup: true)
        running.append(process)
        let pids = running.map { "\($0.identifier)\n" }.joined()
        try pids.write(toFile: folder + "/pids", atomically: true, encoding: .utf8)
        return process
    }

    /// Asks a process to end and waits for it.
    func end(_ process: ChildProcess, signal: Int32 = SIGTERM) async throws {
        process.send(signal: signal)
        let end = ContinuousClock.now + .seconds(40)
        while process.poll() == nil {
            guard ContinuousClock.now < end else {
                throw CommandRigError("process \(process.identifier) does not end")
            }
            try await Task.sleep(for: .milliseconds(20))
        }
        process.closePipes()
        running.removeAll { $0.identifier == process.identifier }
    }

    /// Runs a command to its end. Returns its status and what it printed.
    func run(_ arguments: [String]) async throws -> (ending: ChildProcess.Ending, text: String) {
        try await BuiltExecutable.run(arguments)
    }

    /// Runs a command that must succeed. Returns what it printed, without the last line's end.
    @discardableResult
    func succeed(_ arguments: [String]) async throws -> String {
        let (ending, text) = try await run(arguments)
        guard ending.isSuccess else {
            throw CommandRigError("\(arguments.joined(separator: " ")) \(ending): \(text)")
        }
        return text.trimmingCharacters(in: .newlines)
    }

    /// Waits until something holds. Returns whether it came to that.
    func eventually(seconds: Double = 60, _ condition: () async throws -> Bool) async rethrows
        -> Bool
    {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if try await condition() { return true }
            try? await Task.sleep(for: .milliseconds(50))
        }
        return try await condition()
    }

    private func stop() async {
        for process in running.reversed() { process.send(signal: SIGTERM) }
        let end = ContinuousClock.now + .seconds(40)
        while !running.isEmpty {
            running.removeAll { process in
                guard process.poll() != nil else { return false }
                process.closePipes()
                return true
            }
            if running.isEmpty { break }
            guard ContinuousClock.now < end else {
                Issue.record("\(running.count) processes do not end")
                for process in running {
                    process.send(signal: SIGKILL)
                    _ = process.wait()
                }
                break
            }
            try? await Task.sleep(for: .milliseconds(20))
        }
        for home in homes { Self.endCluster(home) }
        try? FileManager.default.removeItem(atPath: folder)
    }

    private static func endCluster(_ home: String) {
        guard FileManager.default.fileExists(atPath: home + "/postgresql/data/postmaster.pid"),
            let cluster = try? Home(home).cluster()
        else { return }
        Issue.record("PostgreSQL is left behind in \(home)")
        cluster.stop(immediately: true)
    }

    /// A watcher outside this process ends what is left, however this process ends.
    private func endWithThisProcess() throws {
        let script = """
            while kill -0 \(getpid()) 2>/dev/null && [ -e \(folder) ]; do sleep 0.5; done
            [ -e \(folder) ] || exit 0
            for pid in $(cat \(folder)/pids); do
                grep -q \(folder) /proc/$pid/cmdline 2>/dev/null && kill -TERM $pid
            done
            sleep 20
            for file in \(folder)/*/postgresql/data/postmaster.pid; do
                [ -e "$file" ] && kill -QUIT $(head -1 "$file")
            done
            sleep 2; rm -rf \(folder)
            """
        _ = try ChildProcess.start(
            "/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin"], output: .discard,
            ownGroup: true)
    }
}

struct CommandRigError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

import Foundation
import Operations
import ProcessControl
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
            Self.executable, arguments, environment: ProcessInfo.processInfo.environment,
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
    func run(_ arguments: [String]) throws -> (ending: ChildProcess.Ending, text: String) {
        let process = try ChildProcess.start(
            Self.executable, arguments, environment: ProcessInfo.processInfo.environment,
            output: .pipe)
        let text = String(decoding: process.readOutput(), as: UTF8.self)
        let ending = process.wait()
        process.closePipes()
        return (ending, text)
    }

    /// Runs a command that must succeed. Returns what it printed, without the last line's end.
    @discardableResult
    func succeed(_ arguments: [String]) throws -> String {
        let (ending, text) = try run(arguments)
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

    // MARK: - What is run

    /// The executable that was built with these tests.
    static let executable: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? own ?? ""
        for path in [bundle, own ?? ""] {
            var folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            for _ in 0..<4 {
                let candidate = folder.appendingPathComponent("holdfast").path
                if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
                folder.deleteLastPathComponent()
            }
        }
        return "holdfast"
    }()

    private static let project = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
    static let models = project.appendingPathComponent("Models").path
    static let model = project.appendingPathComponent("Models/default/model.hfm").path

    /// A port of this machine that was free a moment ago.
    static func freePort() throws -> Int {
        let descriptor = socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(descriptor) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(descriptor, $0, length) == 0 && getsockname(descriptor, $0, &length) == 0
            }
        }
        guard bound else { throw CommandRigError("no free port") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}

struct CommandRigError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

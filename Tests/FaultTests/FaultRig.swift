import EventLog
import Foundation
import Operations
import PostgreSQL
import ProcessControl
import TestProcesses
import TestSockets
import Testing

/// `holdfast up` in a home of its own, as processes that can be killed one by one.
final class FaultRig: @unchecked Sendable {
    let home: String
    let port: Int
    private let logLevel: String
    private(set) var key = ""
    private var supervisor: ChildProcess
    private var others: [ChildProcess] = []

    enum Role: String { case wallet, risk }

    /// Starts everything and waits until the engine decides.
    ///
    /// - Parameter prices: files of the home's price folder, by name.
    init(prices: [String: String] = [:], logLevel: String = "warning") async throws {
        let name = "holdfast-fault-\(getpid())-\(UInt16.random(in: 0...UInt16.max))"
        home = "/tmp/" + name
        port = try StreamSocket.freePort()
        try FileManager.default.createDirectory(
            atPath: home, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o711])
        self.logLevel = logLevel
        for (name, text) in prices {
            let file = URL(fileURLWithPath: "\(home)/prices/\(name)")
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try text.write(to: file, atomically: true, encoding: .utf8)
        }
        supervisor = try Self.start(
            ["up", "--plain"], home: home, port: port, logLevel: logLevel)
        try cleanUpAfterThisProcess()
        do { try await untilReady(seconds: 60) } catch {
            await stop()
            throw error
        }
    }

    /// Runs a test and leaves neither processes nor folders behind, however it ends.
    static func run(
        prices: [String: String] = [:], logLevel: String = "warning",
        _ test: (FaultRig) async throws -> Void
    ) async throws {
        let rig = try await FaultRig(prices: prices, logLevel: logLevel)
        do { try await test(rig) } catch {
            await rig.stop()
            throw error
        }
        await rig.stop()
    }

    // MARK: - Processes

    private static func start(
        _ command: [String], home: String, port: Int, logLevel: String
    ) throws -> ChildProcess {
        var arguments = command + ["--home", home, "--port", "\(port)", "--log-level", logLevel]
        if command.first == "up" { arguments += ["--model", BuiltExecutable.model] }
        if command.first != "risk" { arguments += ["--rate-limit-person", "none"] }
        let process = try ChildProcess.start(
            BuiltExecutable.path, arguments, environment: ProcessInfo.processInfo.environment,
            output: .file(home + ".log"), ownGroup: true)
        let pids = FileHandle(forWritingAtPath: home + "/test-pids")
        if let pids {
            pids.seekToEndOfFile()
            pids.write(Data("\(process.identifier)\n".utf8))
        } else {
            try "\(process.identifier)\n".write(
                toFile: home + "/test-pids", atomically: false, encoding: .utf8)
        }
        return process
    }

    /// A watcher outside this process ends what is left, however this process ends.
    private func cleanUpAfterThisProcess() throws {
        let script = """
            while kill -0 \(getpid()) 2>/dev/null && [ -e \(home) ]; do sleep 0.5; done
            [ -e \(home) ] || exit 0
            for pid in $(cat \(home)/test-pids); do
                grep -q \(home) /proc/$pid/cmdline 2>/dev/null && kill -KILL $pid
            done
            sleep 2
            kill -QUIT $(head -1 \(home)/postgresql/data/postmaster.pid) 2>/dev/null
            sleep 2; rm -rf \(home) \(home).log
            """
        _ = try ChildProcess.start(
            "/bin/sh", ["-c", script], environment: ["PATH": "/usr/bin:/bin"], output: .discard,
            ownGroup: true)
    }

    /// Processes of a role that belong to this home, whoever started them; those that ended are none.
    func processes(_ role: Role) -> [Int32] {
        let entries = (try? FileManager.default.contentsOfDirectory(atPath: "/proc")) ?? []
        return entries.compactMap { Int32($0) }.filter { pid in
            guard let data = FileManager.default.contents(atPath: "/proc/\(pid)/cmdline") else {
                return false
            }
            let words = data.split(separator: 0).map { String(decoding: $0, as: UTF8.self) }
            guard words.count > 3, words[1] == role.rawValue,
                let option = words.firstIndex(of: "--home"), option + 1 < words.count
            else { return false }
            return words[option + 1] == home
        }
    }

    var postmaster: Int32? {
        let file = home + "/postgresql/data/postmaster.pid"
        return (try? String(contentsOfFile: file, encoding: .utf8))?
            .split(separator: "\n").first.flatMap { Int32($0) }
    }

    /// Sends a signal to all processes of a role. Returns whether there were any.
    @discardableResult
    func signal(_ role: Role, _ number: Int32) -> Bool {
        let pids = processes(role)
        for pid in pids { kill(pid, number) }
        return !pids.isEmpty
    }

    /// Kills the cluster's first process. Returns whether there was one.
    func killPostgreSQL() -> Bool {
        livingPostmaster.map { kill($0, SIGKILL) == 0 } ?? false
    }

    /// Until ``resumeSupervisor()`` nobody starts again what ends.
    func pauseSupervisor() { supervisor.send(signal: SIGSTOP) }
    func resumeSupervisor() { supervisor.send(signal: SIGCONT) }

    /// Kills the supervisor and starts another on the same home.
    func killSupervisor() throws {
        supervisor.send(signal: SIGKILL)
        _ = supervisor.wait()
        supervisor.closePipes()
        try startSupervisor()
    }

    func startSupervisor() throws {
        supervisor = try Self.start(
            ["up", "--plain"], home: home, port: port, logLevel: logLevel)
    }

    /// Asks the supervisor to stop and waits until it has. Returns how; nil if it did not.
    func endSupervisor() async -> ChildProcess.Ending? {
        supervisor.send(signal: SIGTERM)
        var ending: ChildProcess.Ending?
        _ = await eventually(seconds: 30) {
            ending = supervisor.poll()
            return ending != nil
        }
        if ending == nil {
            supervisor.send(signal: SIGKILL)
            _ = supervisor.wait()
        }
        supervisor.closePipes()
        return ending
    }

    /// The cluster's first process if it is there; one that ended and was not asked how is not.
    var livingPostmaster: Int32? {
        postmaster.flatMap {
            FileManager.default.contents(atPath: "/proc/\($0)/cmdline")?.isEmpty == false ? $0 : nil
        }
    }

    /// Whether the supervisor runs; one that ended by itself is a fault.
    func supervisorEnding() -> ChildProcess.Ending? { supervisor.poll() }

    /// A further wallet on this home. Ends with this process.
    func startWallet() throws -> (port: Int, pid: Int32) {
        let port = try StreamSocket.freePort()
        let process = try Self.start(
            ["wallet", "--supervised"], home: home, port: port, logLevel: logLevel)
        others.append(process)
        return (port, process.identifier)
    }

    /// Runs a command of the executable on this home. Returns its status and what it printed.
    func command(_ arguments: [String]) async throws -> (ending: ChildProcess.Ending, text: String)
    {
        try await BuiltExecutable.run(arguments)
    }

    func stop() async {
        for process in others {
            kill(process.identifier, SIGCONT)
            process.send(signal: SIGKILL)
            _ = process.wait()
            process.closePipes()
        }
        resumeSupervisor()
        signal(.risk, SIGCONT)
        if await endSupervisor() == nil {
            Issue.record("the supervisor does not stop:\n\(logTail)")
        }
        #expect(processes(.wallet).isEmpty && processes(.risk).isEmpty)
        for role in [Role.wallet, .risk] { signal(role, SIGKILL) }
        if let pid = livingPostmaster {
            Issue.record("PostgreSQL is left behind:\n\(logTail)")
            kill(pid, SIGQUIT)
            try? await Task.sleep(for: .seconds(1))
        }
        try? FileManager.default.removeItem(atPath: home)
        try? FileManager.default.removeItem(atPath: home + ".log")
    }

    /// The last lines that the processes logged.
    var logTail: String {
        let text = (try? String(contentsOfFile: home + ".log", encoding: .utf8)) ?? ""
        return text.split(separator: "\n").suffix(40).joined(separator: "\n")
    }

    // MARK: - Asking

    func connect(port: Int? = nil, key: String? = nil) -> RawClient {
        RawClient(port: port ?? self.port, key: key ?? self.key)
    }

    /// Waits until the wallet answers and the engine decides.
    func untilReady(seconds: Double, port: Int? = nil) async throws {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if key.isEmpty, let found = try? OperatorKey.read(Home(home)) { key = found }
            let answer = connect(port: port).send("GET", "/health/ready", seconds: 2)
            if !key.isEmpty, answer?.status == 200, answer?["engine"] == "present" { return }
            try await Task.sleep(for: .milliseconds(50))
        }
        throw RigError("not ready after \(seconds) s:\n\(logTail)")
    }

    /// Waits until something holds. Returns whether it came to that.
    func eventually(seconds: Double, _ condition: () throws -> Bool) async rethrows -> Bool {
        let end = ContinuousClock.now + .seconds(seconds)
        while ContinuousClock.now < end {
            if try condition() { return true }
            try? await Task.sleep(for: .milliseconds(20))
        }
        return try condition()
    }

    /// The home's database.
    func database() throws -> Connection { try Connection(Home(home).cluster().connection()) }

    /// The wallet that holds the publisher's lease; nil while nobody does.
    func publisher() throws -> Int32? {
        var connection = try database()
        let rows = try connection.query(
            Statement(
                "lease_holder",
                "SELECT holder FROM lease WHERE name = 'publisher' AND expires_at > clock_timestamp()"
            ))
        // A holder is named host/process/random number.
        guard !rows.isEmpty else { return nil }
        return rows.text(0, 0).split(separator: "/").dropFirst().first.flatMap { Int32($0) }
    }
}

struct RigError: Error, CustomStringConvertible {
    var description: String
    init(_ description: String) { self.description = description }
}

internal import Foundation
internal import ProcessControl

/// PostgreSQL's programs as Debian installs them, and how they are run: never as root.
struct ServerPrograms: Sendable {
    /// Folder of `initdb`, `pg_ctl` and the others.
    let folder: String

    /// The newest installed server's programs, version 15 or later.
    static func find() throws(ClusterError) -> ServerPrograms {
        let root = "/usr/lib/postgresql"
        let versions = ((try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [])
            .compactMap(Int.init).filter { $0 >= 15 }.sorted(by: >)
        for version in versions {
            let folder = "\(root)/\(version)/bin"
            if FileManager.default.isExecutableFile(atPath: folder + "/pg_ctl") {
                return ServerPrograms(folder: folder)
            }
        }
        throw ClusterError(
            "no PostgreSQL server of version 15 or later in \(root): install postgresql-15")
    }

    /// The user that owns the cluster's files: `postgres` when started as root, else whoever runs this.
    static let unprivilegedUser: String? = geteuid() == 0 ? "postgres" : nil

    /// Runs a program to its end, with nothing to read; fails with what it printed if its status is not 0.
    @discardableResult
    func run(
        _ program: String, _ arguments: [String], allowFailure: Bool = false
    ) throws(ClusterError) -> Int32 {
        try run(program, arguments, allowFailure, endingBy: { process, _ in process.wait() })
    }

    /// Runs a program to its end, but ends it if it `isAbandoned` meanwhile.
    func run(
        _ program: String, _ arguments: [String], unless isAbandoned: () -> Bool
    ) throws(ClusterError) {
        _ = try run(
            program, arguments, false,
            endingBy: { process, _ in Self.ending(of: process, unless: isAbandoned) })
    }

    /// Runs a program to its end. What it printed last is given to `onOutput` a few times a second.
    func run(
        _ program: String, _ arguments: [String], onOutput: (String) -> Void
    ) throws(ClusterError) {
        _ = try run(
            program, arguments, false,
            endingBy: { process, printed in
                var readAt = ContinuousClock.now
                return Self.ending(of: process) {
                    if ContinuousClock.now >= readAt {
                        readAt = .now + .milliseconds(200)
                        onOutput(Self.end(of: printed))
                    }
                    return false
                }
            })
    }

    /// - Parameter wait: waits for the process, whose output goes to a file; gives how it ended, nil if it was ended
    ///   because nobody wants it any more.
    private func run(
        _ program: String, _ arguments: [String], _ allowFailure: Bool,
        endingBy wait: (ChildProcess, _ printed: String) -> ChildProcess.Ending?
    ) throws(ClusterError) -> Int32 {
        var command = ["\(folder)/\(program)"] + arguments
        if let user = Self.unprivilegedUser {
            // Search permission on the folders above, which may belong to root alone.
            command =
                [
                    "/usr/bin/setpriv", "--reuid=\(user)", "--regid=\(user)", "--clear-groups",
                    "--inh-caps=-all,+dac_read_search", "--ambient-caps=-all,+dac_read_search",
                    "--",
                ] + command
        }
        let printed =
            NSTemporaryDirectory() + "holdfast-\(getpid())-\(UInt64.random(in: 0...UInt64.max))"
        defer { unlink(printed) }
        let process: ChildProcess
        do throws(SpawnError) {
            // Not a pipe: a server that pg_ctl starts would keep it open.
            process = try ChildProcess.start(
                command[0], Array(command.dropFirst()),
                environment: [
                    "PATH": "\(folder):/usr/bin:/bin", "LC_ALL": "C.UTF-8", "TZ": "UTC", "PWD": "/",
                ],
                // Ctrl-C in the terminal is for whoever runs this; it stops the server in its turn.
                output: .file(printed), ownGroup: true)
        } catch { throw ClusterError("\(error)") }
        let ending = wait(process, printed)
        process.closePipes()
        guard let ending else { return 0 }
        guard case .exited(let status) = ending, status == 0 || allowFailure else {
            let text = (try? String(contentsOfFile: printed, encoding: .utf8)) ?? ""
            throw ClusterError("\(program) \(ending): \(text)")
        }
        return status
    }

    /// How a process ended by itself; nil if it was abandoned first.
    private static func ending(
        of process: ChildProcess, unless isAbandoned: () -> Bool
    ) -> ChildProcess.Ending? {
        while true {
            if let ending = process.poll() { return ending }
            if isAbandoned() {
                process.send(signal: SIGTERM)
                _ = process.wait()
                return nil
            }
            usleep(5_000)
        }
    }

    /// The last characters of a file that grows.
    private static func end(of path: String) -> String {
        guard let file = FileHandle(forReadingAtPath: path) else { return "" }
        defer { try? file.close() }
        let size = (try? file.seekToEnd()) ?? 0
        try? file.seek(toOffset: size > 400 ? size - 400 : 0)
        return String(decoding: (try? file.readToEnd()) ?? Data(), as: UTF8.self)
    }
}

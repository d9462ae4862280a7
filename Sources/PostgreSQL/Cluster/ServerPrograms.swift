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
    func run(_ program: String, _ arguments: [String], allowFailure: Bool = false)
        throws(ClusterError) -> Int32
    {
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
        let ending = process.wait()
        process.closePipes()
        guard case .exited(let status) = ending, status == 0 || allowFailure else {
            let text = (try? String(contentsOfFile: printed, encoding: .utf8)) ?? ""
            throw ClusterError("\(program) \(ending): \(text)")
        }
        return status
    }
}

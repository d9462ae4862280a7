internal import Foundation

/// A PostgreSQL cluster of our own: in a folder, on a unix socket only, run as an unprivileged user.
public struct PrivateCluster: Sendable {
    /// Folder that holds the cluster: `data`, `socket`, `log`.
    public let folder: String
    /// Folder of the unix socket.
    public let socketFolder: String
    let programs: ServerPrograms
    /// Further settings, for tests and benchmarks.
    private let settings: [String: String]

    private var dataFolder: String { folder + "/data" }
    private var logFile: String { folder + "/postgresql.log" }

    /// A cluster in `folder`, which is made when the cluster is. Nothing is started yet.
    public init(folder: String, settings: [String: String] = [:]) throws(ClusterError) {
        self.folder = folder
        self.settings = settings
        programs = try ServerPrograms.find()
        let ownSocket = folder + "/socket"
        // A socket's path has at most 107 bytes, of which the server's file name takes 18.
        if ownSocket.utf8.count <= 85 {
            socketFolder = ownSocket
        } else {
            var hash: UInt64 = 0xcbf2_9ce4_8422_2325
            for byte in ownSocket.utf8 { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01b3 }
            socketFolder = "/tmp/holdfast-" + String(hash, radix: 16)
        }
    }

    /// libpq connection string of a database of the cluster.
    public func connection(database: String = "holdfast", application: String = "holdfast")
        -> String
    {
        "host='\(socketFolder)' dbname='\(database)' user=holdfast application_name='\(application)'"
    }

    /// Folder of `pgbench` and the other programs.
    public var programFolder: String { programs.folder }

    /// Whether the cluster was made before.
    public var exists: Bool { FileManager.default.fileExists(atPath: dataFolder + "/PG_VERSION") }

    /// Makes the cluster if there is none, and starts it if it does not run. A cluster that is still running from
    /// before is taken over.
    ///
    /// - Parameter isAbandoned: asked again and again while the server starts, which after a crash may take minutes. Once
    ///   true this returns with the server still starting: ``stop(immediately:)`` then stops it.
    public func start(unless isAbandoned: () -> Bool = { false }) throws(ClusterError) {
        try makeFolders()
        if !exists { try create() }
        try writeSettings()
        if processIdentifier != nil, isRunning { return }
        try clearStaleLock()
        // After a crash, or from a backup, it recovers first: on a busy disk that may take minutes. One that ends is
        // noticed at once.
        try programs.run(
            "pg_ctl",
            ["start", "--wait", "--timeout=600", "--pgdata=\(dataFolder)", "--log=\(logFile)"],
            // Not before the server can be found, or nobody would stop it.
            unless: { isAbandoned() && processIdentifier != nil })
        if isAbandoned() { return }
        try createDatabase("holdfast")
    }

    /// Stops the server, rolling back what is under way.
    public func stop(immediately: Bool = false) {
        _ = try? programs.run(
            "pg_ctl",
            [
                "stop", "--wait", "--timeout=60", "--mode=\(immediately ? "immediate" : "fast")",
                "--pgdata=\(dataFolder)",
            ], allowFailure: true)
    }

    /// Whether the server accepts connections, or will soon.
    public var isRunning: Bool {
        (try? programs.run("pg_ctl", ["status", "--pgdata=\(dataFolder)"], allowFailure: true)) == 0
    }

    /// Process identifier of the server; nil if it does not run.
    public var processIdentifier: Int32? {
        guard
            let text = try? String(contentsOfFile: dataFolder + "/postmaster.pid", encoding: .utf8),
            let line = text.split(separator: "\n").first, let pid = Int32(line),
            Self.isServer(pid)
        else { return nil }
        return pid
    }

    /// After `kill -9` the server's lock files may name a process that ended and was not waited for, or a number that
    /// was given to another since, and a new server refuses to start. The files are the server's own guard against a
    /// second one: they are removed only when it is confirmed that nothing works in the data folder any more. Where
    /// that cannot be seen they stay, and the new server decides.
    func clearStaleLock(patience: Duration = .seconds(15)) throws(ClusterError) {
        let locks = lockFiles
        guard !locks.isEmpty, processIdentifier == nil else { return }
        let deadline = ContinuousClock.now + patience
        while true {
            switch DataFolderUse(of: dataFolder) {
            case .free:
                for file in locks { unlink(file) }
                return
            case .hidden: return
            case .used(let pid):
                guard ContinuousClock.now < deadline else {
                    throw ClusterError(
                        "process \(pid), of a server that was killed, still works in \(dataFolder)")
                }
                usleep(20_000)
            }
        }
    }

    /// The lock files of this cluster that are there: of the data folder, and of the socket if it names that folder.
    private var lockFiles: [String] {
        let lock = dataFolder + "/postmaster.pid"
        let socketLock = socketFolder + "/.s.PGSQL.5432.lock"
        var files = FileManager.default.fileExists(atPath: lock) ? [lock] : []
        let lines = (try? String(contentsOfFile: socketLock, encoding: .utf8))?.split(
            separator: "\n")
        if let lines, lines.count > 1, lines[1] == dataFolder { files.append(socketLock) }
        return files
    }

    /// Whether a process is a PostgreSQL server that lives: neither one that ended and was not waited for, nor another
    /// program that was given the number since.
    private static func isServer(_ pid: Int32) -> Bool {
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let end = text.lastIndex(of: ")")
        else { return false }
        let state = text[text.index(after: end)...].drop { $0 == " " }.first
        if state == "Z" {
            // Where this process is a container's first, orphans become its children.
            _ = waitpid(pid, nil, WNOHANG)
            return false
        }
        return text.prefix(through: end).hasSuffix("(postgres)")
    }

    /// Makes a database unless there is one of that name.
    public func createDatabase(_ name: String, template: String? = nil) throws(ClusterError) {
        do throws(PostgreSQLError) {
            var connection = try Connection(connection(database: "postgres"))
            let template = template.map { " TEMPLATE \"\($0)\"" } ?? ""
            do throws(PostgreSQLError) {
                try connection.execute("CREATE DATABASE \"\(name)\"\(template)")
            } catch  where error.sqlState == "42P04" {
                return
            }
        } catch { throw ClusterError("database \(name) cannot be made: \(error)") }
    }

    // MARK: - Private

    func makeFolders() throws(ClusterError) {
        do {
            for path in [folder, socketFolder] {
                let isNew = !FileManager.default.fileExists(atPath: path)
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true)
                if isNew, let user = ServerPrograms.unprivilegedUser {
                    try FileManager.default.setAttributes(
                        [.ownerAccountName: user, .posixPermissions: 0o700], ofItemAtPath: path)
                }
            }
        } catch { throw ClusterError("\(folder) cannot be made: \(error)") }
    }

    private func create() throws(ClusterError) {
        // Under another name until it is complete, so that what was cut short is never taken for a cluster.
        let unfinished = folder + "/data.making"
        do {
            if FileManager.default.fileExists(atPath: unfinished) {
                try FileManager.default.removeItem(atPath: unfinished)
            }
        } catch { throw ClusterError("\(unfinished) cannot be removed: \(error)") }
        try programs.run(
            "initdb",
            [
                "--pgdata=\(unfinished)", "--username=holdfast", "--auth=trust", "--encoding=UTF8",
                "--locale=C.UTF-8", "--no-instructions",
            ])
        do { try FileManager.default.moveItem(atPath: unfinished, toPath: dataFolder) } catch {
            throw ClusterError("\(unfinished) cannot become \(dataFolder): \(error)")
        }
    }

    private func writeSettings() throws(ClusterError) {
        var all = Self.defaults
        all["unix_socket_directories"] = "'\(socketFolder)'"
        all.merge(settings) { $1 }
        let text = all.sorted { $0.key < $1.key }.map { "\($0.key) = \($0.value)\n" }.joined()
        let path = dataFolder + "/postgresql.auto.conf"
        do {
            try text.write(toFile: path, atomically: false, encoding: .utf8)
            if let user = ServerPrograms.unprivilegedUser {
                try FileManager.default.setAttributes([.ownerAccountName: user], ofItemAtPath: path)
            }
        } catch { throw ClusterError("\(path) cannot be written: \(error)") }
    }

    /// Durable, no TCP port, and enough write-ahead log between checkpoints that full-page images stay few.
    static let defaults: [String: String] = [
        "listen_addresses": "''", "unix_socket_permissions": "0700", "max_connections": "64",
        "shared_buffers": "'1GB'", "fsync": "on", "full_page_writes": "on",
        "synchronous_commit": "on",
        "wal_compression": "lz4", "max_wal_size": "'8GB'", "min_wal_size": "'1GB'",
        "checkpoint_timeout": "'5min'", "checkpoint_completion_target": "0.9",
        "wal_buffers": "'64MB'",
        "jit": "off", "timezone": "'UTC'", "log_timezone": "'UTC'", "autovacuum_naptime": "'10s'",
        // A tenth of a core at most: on few cores, what vacuum takes in one go the payments of a second wait for.
        "autovacuum_vacuum_cost_delay": "'10ms'",
        // Every query is prepared and finds its rows by an index: rough statistics do, and a sample of a tenth the rows
        // takes a tenth of the time.
        "default_statistics_target": "10",
        "huge_pages": "off", "logging_collector": "off", "log_checkpoints": "on",
        "wal_level": "replica", "max_wal_senders": "4",
    ]
}

internal import Foundation

/// Base backups of the whole cluster, with the write-ahead log that makes them consistent.
extension PrivateCluster {
    /// Copies the running cluster into a new folder and checks the copy against its manifest of checksums. Payments
    /// go on meanwhile; what was committed when the copy began is in it, what is committed while it is made may be.
    ///
    /// - Parameters:
    ///   - destination: a folder that does not exist yet, or is empty. On failure it is left as it is.
    ///   - progress: told which part is being done, and how much of it is, 0 … 1.
    public func backup(
        to destination: String, progress: (String, Double) -> Void = { _, _ in }
    ) throws(ClusterError) {
        guard isRunning else {
            throw ClusterError("\(folder) cannot be backed up: its server does not run")
        }
        try Self.makeEmpty(destination)
        try programs.run(
            "pg_basebackup",
            [
                "--pgdata=\(destination)", "--wal-method=stream", "--checkpoint=fast",
                "--manifest-checksums=SHA256", "--no-password", "--progress",
                "--dbname=\(connection(database: "postgres", application: "holdfast-backup"))",
            ], onOutput: { progress("copying", Self.share(in: $0)) })
        progress("checking", 0)
        try programs.run("pg_verifybackup", ["--quiet", destination])
        progress("checking", 1)
    }

    /// What pg_basebackup said last of how far it is: "12345/67890 kB (18%), 0/1 tablespace".
    private static func share(in text: String) -> Double {
        guard let end = text.lastIndex(of: "%"), let begin = text[..<end].lastIndex(of: "("),
            let percent = Double(text[text.index(after: begin)..<end])
        else { return 0 }
        return percent / 100
    }

    /// Makes this cluster from a backup, which stays as it is. Nothing is started.
    ///
    /// The ledger in it keeps its identity and ends where the backup does: engines whose state comes from later events
    /// find that their place is not in this log, and replay it.
    ///
    /// - Parameter progress: told which part is being done, and how much of it is, 0 … 1.
    /// - Throws: ``ClusterError`` if there is a cluster already, named, or if the backup does not match its manifest.
    public func restore(
        from backup: String, progress: (String, Double) -> Void = { _, _ in }
    ) throws(ClusterError) {
        guard !exists else {
            throw ClusterError(
                "\(folder) holds a cluster; it is not overwritten: move it away, or restore elsewhere"
            )
        }
        guard FileManager.default.fileExists(atPath: backup + "/backup_manifest") else {
            throw ClusterError("\(backup) is no backup: it has no backup_manifest")
        }
        progress("checking", 0)
        try programs.run("pg_verifybackup", ["--quiet", backup])
        progress("checking", 1)
        try makeFolders()
        let data = folder + "/data"
        guard !FileManager.default.fileExists(atPath: data) else {
            throw ClusterError("\(data) exists and is no cluster: remove it first")
        }
        // Under another name until it is complete, so that half a copy is never taken for a cluster.
        let unfinished = folder + "/data.restoring"
        do {
            if FileManager.default.fileExists(atPath: unfinished) {
                try FileManager.default.removeItem(atPath: unfinished)
            }
            try Self.copy(backup, to: unfinished) { progress("copying", $0) }
            try Self.own(unfinished)
            try FileManager.default.moveItem(atPath: unfinished, toPath: data)
        } catch { throw ClusterError("\(backup) cannot be copied to \(data): \(error)") }
    }

    private static func copy(
        _ folder: String, to destination: String, progress: (Double) -> Void
    ) throws {
        let files = FileManager.default
        var items: [(name: String, isFolder: Bool, bytes: Int)] = []
        for item in files.enumerator(atPath: folder) ?? .init() {
            guard let name = item as? String else { continue }
            let attributes = try files.attributesOfItem(atPath: folder + "/" + name)
            items.append(
                (
                    name, attributes[.type] as? FileAttributeType == .typeDirectory,
                    (attributes[.size] as? NSNumber)?.intValue ?? 0
                ))
        }
        let total = items.reduce(1) { $0 + $1.bytes }
        var done = 0
        try files.createDirectory(atPath: destination, withIntermediateDirectories: false)
        for item in items {
            let (from, to) = (folder + "/" + item.name, destination + "/" + item.name)
            if item.isFolder {
                try files.createDirectory(atPath: to, withIntermediateDirectories: true)
                let mode = try files.attributesOfItem(atPath: from)[.posixPermissions]
                try files.setAttributes([.posixPermissions: mode ?? 0o700], ofItemAtPath: to)
            } else {
                try files.copyItem(atPath: from, toPath: to)
            }
            done += item.bytes
            progress(Double(done) / Double(total))
        }
    }

    private static func makeEmpty(_ path: String) throws(ClusterError) {
        do {
            if FileManager.default.fileExists(atPath: path) {
                let found = try FileManager.default.contentsOfDirectory(atPath: path)
                guard found.isEmpty else {
                    throw ClusterError("\(path) is not empty: a backup is never overwritten")
                }
            } else {
                try FileManager.default.createDirectory(
                    atPath: path, withIntermediateDirectories: true)
            }
            try own(path)
        } catch let error as ClusterError {
            throw error
        } catch { throw ClusterError("\(path) cannot be made: \(error)") }
    }

    /// Gives a folder and all in it to the user that runs the server, readable for nobody else.
    private static func own(_ path: String) throws {
        try FileManager.default.setAttributes([.posixPermissions: 0o700], ofItemAtPath: path)
        guard let user = ServerPrograms.unprivilegedUser else { return }
        let owner: [FileAttributeKey: Any] = [
            .ownerAccountName: user, .groupOwnerAccountName: user,
        ]
        try FileManager.default.setAttributes(owner, ofItemAtPath: path)
        for item in FileManager.default.enumerator(atPath: path) ?? .init() {
            guard let name = item as? String else { continue }
            try FileManager.default.setAttributes(owner, ofItemAtPath: path + "/" + name)
        }
    }
}

internal import Cryptography
internal import Foundation
internal import PostgreSQL

/// Copies of a home: its cluster and its keys, so that a restored home serves the same clients and knows the same
/// devices. Engines' snapshots are not in it: they are made again from the log.
///
/// A backup is a folder with `postgresql` (a base backup with the write-ahead log it needs), `keys`, and `manifest`,
/// which is written last: without it a backup is not complete.
public struct HomeBackup: Sendable {
    private static let title = "holdfast backup 1"
    private let home: Home

    /// Backups of, and into, a home.
    public init(_ home: Home) { self.home = home }

    /// The keys of a home, by their names in it; each is there or not.
    private static let keyFiles = [
        "api-keys", "token-key", "stream/server.key", "stream/client.key", "stream/server.pub",
        "stream/allowed",
    ]

    /// Backs up the running home into a new folder. Payments go on meanwhile.
    ///
    /// - Parameter destination: a folder that does not exist yet, or is empty.
    /// - Throws: ``OperationError`` if the cluster does not run, the folder is in use, or a copy fails its check.
    public func make(at destination: String) throws(OperationError) {
        let cluster = try home.cluster()
        guard cluster.isRunning else {
            throw OperationError(
                "\(home.path) cannot be backed up: its PostgreSQL does not run; start `holdfast up`"
            )
        }
        do {
            try Self.makeEmpty(destination)
            // The keys first: what is committed meanwhile was made with them.
            var lines: [String] = []
            for name in Self.keyFiles {
                guard let data = FileManager.default.contents(atPath: home.path + "/" + name) else {
                    continue
                }
                let copy = destination + "/keys/" + name
                try Self.makeFolder((copy as NSString).deletingLastPathComponent)
                try home.write(data, to: copy)
                lines.append("\(SHA256.hash([UInt8](data))) \(name)\n")
            }
            try cluster.backup(to: destination + "/postgresql")
            let text = Self.title + "\n" + lines.joined()
            try home.write(text, to: destination + "/manifest")
        } catch let error as OperationError {
            throw error
        } catch { throw OperationError("\(destination): \(error)") }
    }

    /// Makes a home's cluster and keys from a backup, which stays as it is. Nothing is started.
    ///
    /// - Throws: ``OperationError`` if the home has a cluster already, or a key that differs from the backup's; if it
    ///   runs; or if the backup is not complete or was changed. No ledger is there then.
    public func restore(from backup: String) throws(OperationError) {
        let lock = try HomeLock(home)
        defer { lock.release() }
        let keys = try Self.keys(of: backup)
        for (name, data) in keys {
            let path = home.path + "/" + name
            guard let present = FileManager.default.contents(atPath: path) else { continue }
            guard present == data else {
                throw OperationError(
                    "\(path) differs from the backup's and is not overwritten: move it away, or restore elsewhere"
                )
            }
        }
        let cluster = try home.cluster()
        guard !cluster.exists else {
            throw OperationError(
                "\(home.clusterFolder) holds a cluster and is not overwritten: move it away, or restore elsewhere"
            )
        }
        for (name, data) in keys {
            if name.hasPrefix("stream/") { try home.makeStreamFolder() }
            try home.write(data, to: home.path + "/" + name)
        }
        // Last: a restore that was cut short can be made again.
        do throws(ClusterError) { try cluster.restore(from: backup + "/postgresql") } catch {
            throw OperationError("\(error)")
        }
    }

    /// The keys in a backup, checked against its manifest.
    private static func keys(of backup: String) throws(OperationError) -> [(String, Data)] {
        let path = backup + "/manifest"
        guard let text = try? String(contentsOfFile: path, encoding: .utf8) else {
            throw OperationError(
                "\(backup) is no backup, or not a complete one: it has no manifest")
        }
        let lines = text.split(separator: "\n")
        guard lines.first.map(String.init) == title else {
            throw OperationError(
                "\(path) does not begin with \"\(title)\": another version made it")
        }
        var keys: [(String, Data)] = []
        for line in lines.dropFirst() {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 2, keyFiles.contains(words[1]) else {
                throw OperationError("\(path) has a line that names no key: \(line)")
            }
            let file = backup + "/keys/" + words[1]
            guard let data = FileManager.default.contents(atPath: file) else {
                throw OperationError("\(file) is missing, or cannot be read")
            }
            guard SHA256.hash([UInt8](data)).description == words[0] else {
                throw OperationError("\(file) was changed since the backup was made")
            }
            keys.append((words[1], data))
        }
        return keys
    }

    private static func makeEmpty(_ path: String) throws {
        let present = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        guard present.isEmpty else {
            throw OperationError("\(path) is not empty: a backup is never overwritten")
        }
        try makeFolder(path)
    }

    /// For its owner alone; the database server's user passes through by a capability it is given.
    private static func makeFolder(_ path: String) throws {
        try FileManager.default.createDirectory(
            atPath: path, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
    }
}

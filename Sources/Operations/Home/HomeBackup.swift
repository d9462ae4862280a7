internal import Cryptography
internal import Foundation
internal import PostgreSQL

/// Copies of a home: its cluster, its keys and the models that decided in it, so that a restored home serves the same
/// clients, knows the same devices and decides as before. Engines' snapshots are not in it: they are made again from the
/// log.
///
/// A backup is a folder with `postgresql` (a base backup with the write-ahead log it needs), `keys`, `models`, `settings`
/// (prices, limits, and how notices are sent), and `manifest`, the hashes of all these files, which is written last: without it a backup is not complete.
public struct HomeBackup: Sendable {
    private static let title = "holdfast backup 1"
    private let home: Home

    /// Backups of, and into, a home.
    public init(_ home: Home) { self.home = home }

    /// The keys of a home, by their names in it; each is there or not.
    private static let keyFiles = [
        "api-keys", "token-key", "master-key", "master-keys", "lookup-key", "audit-key",
        "stream/server.key", "stream/client.key", "stream/server.pub",
        "stream/allowed",
    ]

    private static let settingFolders = ["prices", "prices/fees", "notices"]

    /// A file that is copied, beside the cluster.
    private struct File {
        /// Its name in the home.
        var name: String
        var data: Data
        var hash: String { SHA256.hash([UInt8](data)).description }

        /// Its name in a backup; nil if such a file is in none.
        static func place(of name: String) -> String? {
            if keyFiles.contains(name) || MasterKeys.isKept(name) { return "keys/" + name }
            if isSetting(name) { return "settings/" + name }
            return name == Home.decidingModelName || isModel(name) ? "models/" + leaf(name) : nil
        }

        /// Whether it is a kept model, named by its hash.
        static func isModel(_ name: String) -> Bool {
            name == Home.modelsName + "/" + leaf(name) && name.hasSuffix(".hfm")
                && Hexadecimal.decode(String(leaf(name).dropLast(4)))?.count == 32
        }

        /// Whether it is what an operator has set: a price list, limits, rates, or how notices are sent.
        static func isSetting(_ name: String) -> Bool {
            let last = leaf(name)
            return !last.isEmpty && !last.hasPrefix(".") && !last.contains(" ")
                && settingFolders.contains { name == $0 + "/" + last }
        }

        /// A model is what its name says; a key may be anything.
        var isSound: Bool { !Self.isModel(name) || name.contains(hash) }

        private static func leaf(_ name: String) -> String { (name as NSString).lastPathComponent }
    }

    /// Backs up the running home into a new folder. Payments go on meanwhile.
    ///
    /// - Parameters:
    ///   - destination: a folder that does not exist yet, or is empty.
    ///   - progress: told which part is being done, and how much of it is, 0 … 1.
    /// - Throws: ``OperationError`` if the cluster does not run, the folder is in use, or a copy fails its check.
    public func make(
        at destination: String, progress: (String, Double) -> Void = { _, _ in }
    ) throws(OperationError) {
        let cluster = try home.cluster()
        guard cluster.isRunning else {
            throw OperationError(
                "\(home.path) cannot be backed up: its PostgreSQL does not run; start `holdfast up`"
            )
        }
        do {
            try Self.makeEmpty(destination)
            // The keys first: what is committed meanwhile was made with them.
            var sources = try MasterKeys(home).sources()
            var copies: [File] = []
            for name in Self.keyFiles + MasterKeys.keptNames(in: sources) + settingFiles()
                + modelFiles()
            {
                if let file = try read(name) { copies.append(file) }
            }
            for file in copies { try copy(file, to: destination) }
            try cluster.backup(to: destination + "/postgresql", progress: progress)
            try addMasterKeys(&sources, &copies, destination)
            let lines = copies.map { "\($0.hash) \($0.name)\n" }
            try home.write(Self.title + "\n" + lines.joined(), to: destination + "/manifest")
        } catch let error as OperationError {
            throw error
        } catch { throw OperationError("\(destination): \(error)") }
    }

    /// A file as it is now; nil if there is none of that name, or such a one is in no backup.
    private func read(_ name: String) throws(OperationError) -> File? {
        guard File.place(of: name) != nil,
            let data = FileManager.default.contents(atPath: home.path + "/" + name)
        else { return nil }
        let file = File(name: name, data: data)
        guard file.isSound else {
            throw OperationError(
                "\(home.path)/\(name) is damaged: remove it; an engine that decides with it keeps it anew"
            )
        }
        return file
    }

    private func copy(_ file: File, to destination: String) throws {
        guard let place = File.place(of: file.name) else { return }
        let copy = destination + "/" + place
        try Self.makeFolder((copy as NSString).deletingLastPathComponent)
        try home.write(file.data, to: copy)
    }

    /// Adds master keys that were taken up while the cluster was copied: what was written last is wrapped by them. Those
    /// that were forgotten meanwhile stay in the list, for what was written first.
    private func addMasterKeys(
        _ sources: inout [String], _ copies: inout [File], _ destination: String
    ) throws {
        let list = (home.masterKeyListPath as NSString).lastPathComponent
        // Until nothing has changed from one look to the next, as while keys are being replaced.
        while true {
            let now = try MasterKeys(home).sources()
            let all = now + sources.filter { !now.contains($0) }
            var found: [File] = []
            for name in MasterKeys.keptNames(in: all) {
                if let file = try read(name) { found.append(file) }
            }
            if let file = try read(list) {
                found.append(
                    all == now ? file : File(name: list, data: Data(MasterKeys.list(all).utf8)))
            }
            let new = found.filter { file in
                !copies.contains { $0.name == file.name && $0.data == file.data }
            }
            if new.isEmpty { return }
            for file in new {
                copies.removeAll { $0.name == file.name }
                copies.append(file)
                try copy(file, to: destination)
            }
            sources = all
        }
    }

    private func settingFiles() -> [String] {
        Self.settingFolders.flatMap { folder in
            let names =
                (try? FileManager.default.contentsOfDirectory(atPath: home.path + "/" + folder))
                ?? []
            return names.sorted().map { folder + "/" + $0 }.filter(File.isSetting)
        }
    }

    /// The models that the home keeps, and which of them decided last.
    private func modelFiles() -> [String] {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: home.modelsFolder)) ?? []
        return names.sorted().map { Home.modelsName + "/" + $0 }.filter(File.isModel)
            + [Home.decidingModelName]
    }

    /// Makes a home's cluster, keys and models from a backup, which stays as it is. Nothing is started.
    ///
    /// - Parameter progress: told which part is being done, and how much of it is, 0 … 1.
    /// - Returns: the model that decided last where the backup was made; nil if no engine ran there.
    /// - Throws: ``OperationError`` if the home has a cluster already, or a key that differs from the backup's; if it
    ///   runs; or if the backup is not complete or was changed. No ledger is there then.
    @discardableResult
    public func restore(
        from backup: String, progress: (String, Double) -> Void = { _, _ in }
    ) throws(OperationError) -> DecidingModel? {
        let lock = try HomeLock(home)
        defer { lock.release() }
        let files = try Self.files(of: backup)
        for file in files
        where Self.keyFiles.contains(file.name) || MasterKeys.isKept(file.name)
            || File.isSetting(file.name)
        {
            let path = home.path + "/" + file.name
            guard let present = FileManager.default.contents(atPath: path) else { continue }
            guard present == file.data else {
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
        for file in files {
            if file.name.hasPrefix("stream/") { try home.makeStreamFolder() }
            if File.isModel(file.name) { try home.makeFolder(home.modelsFolder) }
            if File.isSetting(file.name) {
                let path = home.path + "/" + file.name
                try home.makeFolder((path as NSString).deletingLastPathComponent)
            }
            try home.write(file.data, to: home.path + "/" + file.name)
        }
        // Last: a restore that was cut short can be made again.
        do throws(ClusterError) {
            try cluster.restore(from: backup + "/postgresql", progress: progress)
        } catch { throw OperationError("\(error)") }
        return files.contains { $0.name == Home.decidingModelName } ? home.decidingModel : nil
    }

    /// The keys and models in a backup, checked against its manifest.
    private static func files(of backup: String) throws(OperationError) -> [File] {
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
        var files: [File] = []
        for line in lines.dropFirst() {
            let words = line.split(separator: " ").map(String.init)
            guard words.count == 2, let place = File.place(of: words[1]) else {
                throw OperationError("\(path) has a line that names no key and no model: \(line)")
            }
            let copy = backup + "/" + place
            guard let data = FileManager.default.contents(atPath: copy) else {
                throw OperationError("\(copy) is missing, or cannot be read")
            }
            let file = File(name: words[1], data: data)
            guard file.hash == words[0], file.isSound else {
                throw OperationError("\(copy) was changed since the backup was made")
            }
            files.append(file)
        }
        return files
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

public import Cryptography
internal import Foundation
public import PostgreSQL

/// Why something cannot be run: what was wrong, where, and what would be right.
public struct OperationError: Error, Sendable, CustomStringConvertible {
    /// What was wrong, where, and what would be right, in one sentence.
    public var description: String
    /// An error that says `description`.
    public init(_ description: String) { self.description = description }
}

/// The folder that holds all a Holdfast on one machine keeps: the cluster, keys, snapshots, logs.
public struct Home: Sendable {
    /// Absolute.
    public let path: String

    /// A home at `path`, which is made if there is none, for its owner alone.
    public init(_ path: String) throws(OperationError) {
        let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
        self.path = absolute
        do {
            let files = FileManager.default
            if !files.fileExists(atPath: absolute) {
                // Others may pass through: the database server runs as another user when started as root.
                try files.createDirectory(
                    atPath: absolute, withIntermediateDirectories: true,
                    attributes: [.posixPermissions: 0o711])
            }
            try files.createDirectory(
                atPath: absolute + "/logs", withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch { throw OperationError("\(absolute) cannot be made: \(error)") }
    }

    /// A home that is there already.
    ///
    /// - Throws: ``OperationError`` if there is no such folder.
    public init(existing path: String) throws(OperationError) {
        let absolute = URL(fileURLWithPath: path).standardizedFileURL.path
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: absolute, isDirectory: &isFolder),
            isFolder.boolValue
        else {
            throw OperationError(
                "there is no home at \(absolute): `holdfast up` makes one, --home names another")
        }
        try self.init(path)
    }

    /// Folder of the private PostgreSQL cluster.
    public var clusterFolder: String { path + "/postgresql" }
    /// Bearer keys of the HTTP API.
    public var keysPath: String { path + "/api-keys" }
    /// File of the engine's newest snapshot.
    public var snapshotPath: String { path + "/engine.snapshot" }
    /// What challengers said, see ``ShadowFile``.
    public var shadowPath: String { path + "/challenger.csv" }
    /// File that is locked while a supervisor runs here.
    public var lockPath: String { path + "/lock" }
    /// The HTTP port that is served, for other commands to find.
    public var portPath: String { path + "/port" }
    /// File that a role's process writes its log to when it is not at a terminal.
    public func logPath(_ role: String) -> String { path + "/logs/\(role).log" }

    /// The cluster of this home; not started.
    public func cluster() throws(OperationError) -> PrivateCluster {
        do throws(ClusterError) { return try PrivateCluster(folder: clusterFolder) } catch {
            throw OperationError("\(error)")
        }
    }

    /// Keys of the postings stream, see ``StreamKeys``.
    var streamFolder: String { path + "/stream" }
    var tokenKeyPath: String { path + "/token-key" }

    func makeStreamFolder() throws(OperationError) { try makeFolder(streamFolder) }

    /// Makes a folder of the home, unless it is there, for its owner alone.
    func makeFolder(_ folder: String) throws(OperationError) {
        do {
            try FileManager.default.createDirectory(
                atPath: folder, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch { throw OperationError("\(folder) cannot be made: \(error)") }
    }

    /// Where the postings stream is served: at `given`, or else at a socket file beside the cluster's.
    func streamAddress(_ given: StreamAddress?) throws(OperationError) -> StreamAddress {
        if let given { return given }
        return try StreamAddress("ipc://\(cluster().socketFolder)/stream")
    }

    /// Price list, limits and rates: `fees/*.json`, `limits.csv`, `rates.csv` and `spreads.csv`, as far as they are there.
    public var pricesPath: String { path + "/prices" }

    /// Wraps the keys of what is personal, see ``MasterKeys``.
    var masterKeyPath: String { path + "/master-key" }
    /// Where master keys are found, once there is more than that one; a line each.
    var masterKeyListPath: String { path + "/master-keys" }
    var lookupKeyPath: String { path + "/lookup-key" }
    /// Signs the audit log's heads.
    var auditKeyPath: String { path + "/audit-key" }

    /// The key that turns identifiers into tokens; made at first use, for the owner's eyes only.
    public func tokenKey() throws(OperationError) -> TokenKey {
        guard let key = TokenKey(bytes: try secret(at: tokenKeyPath, bytes: 16)) else {
            throw OperationError("\(tokenKeyPath) does not hold 32 hexadecimal digits")
        }
        return key
    }

    /// Secret bytes in a file of hexadecimal digits; made at first use, for the owner's eyes only.
    func secret(at file: String, bytes count: Int) throws(OperationError) -> [UInt8] {
        if !FileManager.default.fileExists(atPath: file) {
            try write(Hexadecimal.encode(randomBytes(count)) + "\n", to: file)
        }
        let text = try SecretFile.read(file, orElse: "a wallet's start makes it")
        guard let bytes = Hexadecimal.decode(text.filter { !$0.isWhitespace }),
            bytes.count == count
        else { throw OperationError("\(file) does not hold \(2 * count) hexadecimal digits") }
        return bytes
    }

    /// Writes a file that only its owner can read, whole or not at all.
    func write(_ text: String, to file: String) throws(OperationError) {
        try write(Data(text.utf8), to: file)
    }

    /// Writes a file that only its owner can read, whole or not at all.
    func write(_ data: Data, to file: String) throws(OperationError) {
        let temporary = file + ".new"
        do {
            guard
                FileManager.default.createFile(
                    atPath: temporary, contents: data,
                    attributes: [.posixPermissions: 0o600])
            else { throw OperationError("it cannot be created") }
            guard rename(temporary, file) == 0 else {
                throw OperationError(String(cString: strerror(errno)))
            }
        } catch { throw OperationError("\(file) cannot be written: \(error)") }
    }

    /// Tells other commands the port.
    public func record(port: Int) throws(OperationError) { try write("\(port)\n", to: portPath) }

    /// What a wallet recorded when it began to serve, unless another has since.
    func forget(port: Int) {
        if self.port == port { unlink(portPath) }
    }

    /// The port of the wallet that runs in this home.
    ///
    /// - Throws: ``OperationError`` if none runs.
    public func runningPort() throws(OperationError) -> Int {
        guard let port else {
            throw OperationError("no wallet runs in \(path): start `holdfast up`, or give --port")
        }
        return port
    }

    /// The recorded port; nil if nothing is served.
    public var port: Int? {
        (try? String(contentsOfFile: portPath, encoding: .utf8))
            .flatMap { Int($0.filter { !$0.isWhitespace }) }
    }
}

/// Held while one supervisor runs in a home, or one command replaces its master keys; the system lets go of it however the
/// process ends.
public final class HomeLock: Sendable {
    private let descriptor: Int32

    /// Takes the lock. Throws if another process holds it, or its file cannot be opened.
    public convenience init(_ home: Home) throws(OperationError) {
        try self.init(
            home.lockPath,
            "another holdfast runs in \(home.path): stop it first, or choose another --home")
    }

    /// Takes the lock of the home's master keys, whether the home runs or not. Throws if another process holds it, or its
    /// file cannot be opened.
    public convenience init(keysOf home: Home) throws(OperationError) {
        try self.init(
            home.path + "/master-keys.lock",
            "another command replaces the master keys of \(home.path): wait until it has ended")
    }

    private init(_ path: String, _ refusal: String) throws(OperationError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw OperationError("\(path) cannot be opened") }
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            close(descriptor)
            throw OperationError(refusal)
        }
        self.descriptor = descriptor
    }

    /// Lets go of the lock at once, for good.
    public func release() { _ = flock(descriptor, LOCK_UN) }

    deinit { close(descriptor) }
}

internal import Cryptography
internal import Foundation
internal import HardwareKeys
internal import Vault

/// The keys that a home's personal data hangs on. Whoever loses the master key loses all that is personal; whoever has it
/// and the database can read it.
struct MasterKeys {
    /// Name of the variable that gives the master key to a process that shall not find it in a file: 64 hexadecimal
    /// digits.
    static let variable = "HOLDFAST_MASTER_KEY"

    private let home: Home

    init(_ home: Home) { self.home = home }

    /// Where keys are found, the one that wraps first: as the home's list says, each line a source (see
    /// ``MasterKeySource``), or without one the environment's, or else that of the home's file, made at first use.
    func sources() throws(OperationError) -> [String] {
        if let text = try? String(contentsOfFile: home.masterKeyListPath, encoding: .utf8) {
            let lines = text.split(whereSeparator: \.isNewline).map(String.init)
                .filter { !$0.isEmpty && !$0.hasPrefix("#") }
            guard !lines.isEmpty else {
                throw OperationError("\(home.masterKeyListPath) names no master key")
            }
            return lines
        }
        if ProcessInfo.processInfo.environment[Self.variable] != nil {
            return ["env:\(Self.variable)"]
        }
        _ = try home.secret(at: home.masterKeyPath, bytes: 32)
        return ["file:master-key"]
    }

    /// The home's list of sources, the one that wraps first.
    static func list(_ sources: [String]) -> String {
        "# Master keys: the first wraps, the others only unwrap. See `holdfast keys`.\n"
            + sources.map { $0 + "\n" }.joined()
    }

    /// Makes a key in a file of the home, and says where.
    func makeFile() throws(OperationError) -> String {
        let name = Self.keptPrefix + Hexadecimal.encode(randomBytes(4))
        _ = try home.secret(at: home.path + "/" + name, bytes: 32)
        return "file:\(name)"
    }

    private static let keptPrefix = "master-key-"

    /// Whether a home's file of that name is a key that replaced another one.
    static func isKept(_ name: String) -> Bool {
        name.hasPrefix(keptPrefix)
            && Hexadecimal.decode(String(name.dropFirst(keptPrefix.count)))?.count == 4
    }

    /// Names of such files that are in use.
    func keptNames() -> [String] {
        Self.keptNames(in: (try? sources()) ?? [])
    }

    /// Names of such files among sources.
    static func keptNames(in sources: [String]) -> [String] {
        sources.filter { $0.hasPrefix("file:") }
            .map { String($0.dropFirst("file:".count)) }.filter(isKept)
    }

    /// The keys of all sources: the first wraps, the others only unwrap.
    func keys() throws(OperationError) -> [any KeyWrapping] {
        var keys: [any KeyWrapping] = []
        for source in try sources() { keys.append(try open(source)) }
        return keys
    }

    /// Opens a key; a file's name without a path is of the home. What it says of a failure never has the key in it.
    func open(
        _ source: String, ifMissing: PKCS11Key.Missing = .refuse
    ) throws(OperationError) -> any KeyWrapping {
        do throws(HardwareKeyError) {
            var source = source
            if source.hasPrefix("file:"), !source.contains("/") {
                let folder = URL(fileURLWithPath: home.path).standardizedFileURL.path
                source = "file:\(folder)/" + source.dropFirst("file:".count)
            }
            return try MasterKeySource(source).open(ifMissing: ifMissing)
        } catch { throw OperationError("\(error)") }
    }

    func keyring() throws(OperationError) -> Keyring {
        let keys = try keys()
        return Keyring(current: keys[0], older: Array(keys.dropFirst()))
    }

    /// What people are found by.
    func lookupKey() throws(OperationError) -> LookupKey {
        let bytes = try home.secret(at: home.lookupKeyPath, bytes: 32)
        do throws(VaultError) { return try LookupKey(bytes: bytes) } catch {
            throw OperationError("\(error)")
        }
    }
}

import Foundation
import HardwareKeys
import ProcessControl
import TestProcesses
import Testing

/// Tokens of SoftHSM in a folder of this process's own. All are made before the module is loaded: it looks for tokens
/// once.
struct SoftToken: Sendable {
    static let module = "/usr/lib/softhsm/libsofthsm2.so"

    let label: String
    let pin: String

    /// Where most tests have their keys.
    static let shared = SoftToken(label: "Holdfast; 100% test", pin: "48151623")
    /// Where other processes have theirs: SoftHSM's files do not bear that two processes make keys at once.
    static let visited = SoftToken(label: "visited", pin: "14142135")
    /// Where a test closes all sessions and logs out.
    static let disturbed = SoftToken(label: "disturbed", pin: "27182818")
    /// Nobody logs in here but with a wrong PIN.
    static let guarded = SoftToken(label: "guarded", pin: "31415926")
    /// There are two of it.
    static let twin = SoftToken(label: "twin", pin: "16180339")

    private static let folder: String = {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("holdfast-tokens-\(UUID())").path
        let tokens = folder + "/tokens"
        try! FileManager.default.createDirectory(
            atPath: tokens, withIntermediateDirectories: true)
        let configuration = folder + "/softhsm2.conf"
        try! "directories.tokendir = \(tokens)\nobjectstore.backend = file\nlog.level = ERROR\n"
            .write(toFile: configuration, atomically: true, encoding: .utf8)
        setenv("SOFTHSM2_CONF", configuration, 1)
        for token in [shared, visited, disturbed, guarded, twin, twin] { token.make() }
        atexit { try? FileManager.default.removeItem(atPath: SoftToken.folder) }
        return folder
    }()

    private func make() {
        let process = try! ChildProcess.start(
            "/usr/bin/softhsm2-util",
            [
                "--init-token", "--free", "--label", label, "--pin", pin, "--so-pin", "security",
            ], environment: ProcessInfo.processInfo.environment, output: .pipe)
        let text = String(decoding: process.readOutput(), as: UTF8.self)
        precondition(process.wait().isSuccess, "softhsm2-util: \(text)")
        process.closePipes()
    }

    /// A file that only its owner can read.
    static func file(_ name: String, _ text: String, permissions: Int = 0o600) throws -> String {
        let path = folder + "/" + name
        try text.write(toFile: path, atomically: true, encoding: .utf8)
        try FileManager.default.setAttributes([.posixPermissions: permissions], ofItemAtPath: path)
        return path
    }

    /// The address of a key, with the PIN in a file.
    func key(_ label: String, pin: String? = nil) throws -> PKCS11URI {
        let file = try Self.file("\(self.label)-\(UUID())", (pin ?? self.pin) + "\n")
        return PKCS11URI(
            modulePath: Self.module, token: self.label, object: label, pin: .file(file))
    }

    /// Another process at the token.
    func peer(_ label: String, _ command: String, _ arguments: String...) async throws -> String {
        _ = Self.folder
        setenv("PEER_PIN_\(self.label.count)", pin, 1)
        return try await PythonPeer("pkcs11_token.py").run(
            [Self.module, self.label, "PEER_PIN_\(self.label.count)", label, command] + arguments
        ).trimmingCharacters(in: .whitespacesAndNewlines)
    }
}

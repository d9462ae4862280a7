internal import Foundation
internal import Logging
internal import Vault

/// Takes up other master keys while the service runs, within a second of a change to the home's list of them.
struct MasterKeyWatch: Sendable {
    private let home: Home
    private let keyring: Keyring
    private let logger: Logger

    init(_ home: Home, _ keyring: Keyring, logger: Logger) {
        self.home = home
        self.keyring = keyring
        self.logger = logger
    }

    /// Looks each second until the task is cancelled. Keys that cannot be opened change nothing.
    func run() async {
        var seen = text
        var failed: String??
        while !Task.isCancelled {
            try? await Task.sleep(for: .seconds(1))
            let now = text
            guard now != seen else { continue }
            do throws(OperationError) {
                let keys = try MasterKeys(home).keys()
                seen = now
                keyring.replace(current: keys[0], older: Array(keys.dropFirst()))
                logger.notice("master keys were read again", metadata: ["current": "\(keys[0].id)"])
            } catch {
                // Tried again each second, as a token that is away may come back; said once.
                guard failed != .some(now) else { continue }
                failed = .some(now)
                logger.error("master keys stay as they were", metadata: ["error": "\(error)"])
            }
        }
    }

    private var text: String? {
        try? String(contentsOfFile: home.masterKeyListPath, encoding: .utf8)
    }
}

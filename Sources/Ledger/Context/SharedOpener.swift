internal import Synchronization
internal import Vault

/// An opener that is lent out, with the keys that it has unwrapped so far.
final class SharedOpener: Sendable {
    private let keyring: Keyring
    private let idle: Mutex<ContextOpener?>

    init(_ keyring: Keyring) {
        self.keyring = keyring
        idle = Mutex(ContextOpener(keyring))
    }

    /// The opener; one that knows no key yet while another has it.
    func take() -> ContextOpener {
        idle.withLock { idle in
            defer { idle = nil }
            return idle ?? ContextOpener(keyring)
        }
    }

    func giveBack(_ opener: ContextOpener) {
        idle.withLock { $0 = opener }
    }
}

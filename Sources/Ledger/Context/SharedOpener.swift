internal import PostgreSQL
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

    /// Lends the opener; one that knows no key yet while another has it.
    func use<Value>(
        _ body: (inout ContextOpener) throws(PostgreSQLError) -> Value
    ) throws(PostgreSQLError) -> Value {
        var opener = idle.withLock { $0.take() } ?? ContextOpener(keyring)
        defer {
            let returned = opener
            idle.withLock { $0 = returned }
        }
        return try body(&opener)
    }
}

internal import Foundation
internal import Synchronization
internal import Vault

/// Keys for risk contexts, wrapped ahead, so that commits seldom wait for a master key that is in hardware: only if more
/// accounts pay for the first time, in quick succession, than there are keys.
final class ContextKeyStock: Sendable {
    struct Item: Sendable {
        var key: DataKey
        var wrapped: WrappedKey
    }
    private struct State {
        var items: [Item] = []
        var isFilling = false
    }
    private static let size = 512

    /// What they are wrapped for.
    static let owner = "risk context"

    private let keyring: Keyring
    private let state = Mutex(State())

    /// - Parameter keyring: its current key wraps.
    init(_ keyring: Keyring) {
        self.keyring = keyring
        state.withLock { $0.isFilling = true }
        DispatchQueue.global(qos: .utility).async { self.fill() }
    }

    /// A key nobody has; made at once if there is none ahead. What another master key wraps than the current one is not
    /// given out.
    func take() throws(VaultError) -> Item {
        let current = keyring.currentID
        let (item, mustFill) = state.withLock { state -> (Item?, Bool) in
            state.items.removeAll { $0.wrapped.masterKey != current }
            let item = state.items.popLast()
            let mustFill = !state.isFilling && state.items.count < Self.size / 2
            if mustFill { state.isFilling = true }
            return (item, mustFill)
        }
        if mustFill { DispatchQueue.global(qos: .utility).async { self.fill() } }
        if let item { return item }
        return try make()
    }

    private func make() throws(VaultError) -> Item {
        let key = DataKey()
        return Item(key: key, wrapped: try keyring.wrap(key, for: Self.owner))
    }

    private func fill() {
        while true {
            // A master key that is out of reach is asked again when the next key is taken.
            let made = try? make()
            let goesOn = state.withLock { state in
                if let made { state.items.append(made) }
                state.isFilling = made != nil && state.items.count < Self.size
                return state.isFilling
            }
            if !goesOn { return }
        }
    }
}

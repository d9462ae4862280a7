internal import EventLog
internal import Vault

/// Seals the risk contexts that one process commits, under a key for each payer's account.
///
/// It never reads a key: for an account that it has no key of, it makes one, which is stored in the commit that first uses
/// it. So a commit reads nothing for this, whoever else commits to the same ledger; and what was stored in a commit of
/// unknown outcome is simply not used again.
struct ContextSealer {
    /// Keys that are remembered are those of the last so many accounts that paid, or twice as many.
    private static let limit = 131_072

    private struct Held {
        var id: Sequence
        var key: DataKey
    }
    /// A key that the commit has to store.
    struct NewKey {
        var id: Sequence
        var account: AccountID
        var wrapped: WrappedKey
    }

    private let stock: ContextKeyStock
    private var held: [AccountID: Held] = [:]
    /// What was held before the accounts in `held` paid.
    private var heldBefore: [AccountID: Held] = [:]
    private var lastErasure: Sequence?
    /// Keys of the commit under way.
    private(set) var newKeys: [NewKey] = []

    init(_ keyring: Keyring) { stock = ContextKeyStock(keyring) }

    /// A commit begins. Keys of one before it that was not confirmed are not used again, nor are any if another process has
    /// erased something meanwhile: it may have destroyed them.
    mutating func begin(lastErasure: Sequence?) {
        for key in newKeys { forget(key.account) }
        newKeys.removeAll(keepingCapacity: true)
        if lastErasure != self.lastErasure {
            held.removeAll(keepingCapacity: true)
            heldBefore.removeAll(keepingCapacity: true)
            self.lastErasure = lastErasure
        }
    }

    /// What was stored is durable.
    mutating func confirm() { newKeys.removeAll(keepingCapacity: true) }

    /// The account's keys were destroyed.
    mutating func forget(_ account: AccountID) {
        held[account] = nil
        heldBefore[account] = nil
    }

    /// A context of a payment from `account`, sealed, and the key's number.
    mutating func seal(
        _ context: RiskContext, at sequence: Sequence, of account: AccountID
    ) throws(VaultError) -> (key: Sequence, sealed: [UInt8]) {
        let owner = try key(of: account, at: sequence)
        return (
            owner.id,
            owner.key.seal(ContextCoding.encode(context), as: ContextCoding.field(sequence))
        )
    }

    private mutating func key(
        of account: AccountID, at sequence: Sequence
    ) throws(VaultError) -> Held {
        if let known = held[account] { return known }
        if held.count >= Self.limit {
            heldBefore = held
            held.removeAll(keepingCapacity: true)
        }
        if let known = heldBefore.removeValue(forKey: account) {
            held[account] = known
            return known
        }
        let made = try stock.take()
        newKeys.append(NewKey(id: sequence, account: account, wrapped: made.wrapped))
        let new = Held(id: sequence, key: made.key)
        held[account] = new
        return new
    }
}

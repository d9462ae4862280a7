public import EventLog
internal import PostgreSQL
public import Vault

/// Opens risk contexts as they are stored. What was erased is empty.
public struct ContextOpener: Sendable {
    /// A context whose key was destroyed.
    public struct Erased: Sendable, Equatable {
        /// The reserve event that it belonged to.
        public var sequence: Sequence
        /// The event that destroyed the key.
        public var erasedBy: Sequence
    }
    /// Under whose key a context was sealed, as the tables say.
    public struct Owner: Sendable, Equatable {
        /// The reserve event that it belongs to.
        public var sequence: Sequence
        /// The key's number.
        public var key: Sequence
        /// The key's account; nil if there is no such key.
        public var account: AccountID?
    }
    /// A context that does not open.
    public struct Damaged: Sendable, Equatable {
        /// The reserve event that it belongs to.
        public var sequence: Sequence
        /// What is wrong, as a clause.
        public var reason: String
    }

    /// Keys that are remembered; beyond, all are forgotten and unwrapped again.
    private static let limit = 131_072

    private let keyring: Keyring
    private let toleratesDamage: Bool
    private var keys: [Int64: DataKey] = [:]
    /// What was erased among the contexts that were read since this was last emptied; kept only if damage is tolerated.
    public var erased: [Erased] = []
    /// Whose all of them are; kept only if damage is tolerated.
    public var owners: [Owner] = []
    /// What did not open among them; always empty if damage is not tolerated.
    public var damaged: [Damaged] = []

    /// - Parameters:
    ///   - keyring: the master keys that wrap keys of contexts.
    ///   - toleratesDamage: whether a context that does not open is noted in ``damaged``, and empty, rather than an error.
    public init(_ keyring: Keyring, toleratesDamage: Bool = false) {
        self.keyring = keyring
        self.toleratesDamage = toleratesDamage
    }

    /// The context of a row: sequence, number of the key, what is sealed, master key, wrapped key, event that erased it,
    /// account.
    mutating func open(
        _ rows: borrowing Rows, _ row: Int
    ) throws(PostgreSQLError) -> RiskContext {
        let sequence = Sequence(rows.int(row, 0))
        if toleratesDamage {
            owners.append(
                Owner(
                    sequence: sequence, key: Sequence(rows.int(row, 1)),
                    account: rows.optionalInt(row, 6).map { AccountID($0) }))
        }
        if let by = rows.optionalInt(row, 5) {
            if toleratesDamage {
                erased.append(Erased(sequence: sequence, erasedBy: Sequence(by)))
            }
            return .empty
        }
        let reason: String
        do throws(VaultError) {
            if let key = try key(rows, row) {
                let plain = try key.open(rows.bytes(row, 2), as: ContextCoding.field(sequence))
                if let context = ContextCoding.decode(plain) { return context }
                reason = "what was sealed is no context"
            } else {
                reason = "its key is not there"
            }
        } catch { reason = "\(error)" }
        guard toleratesDamage else {
            throw .unexpectedResult("the risk context of event \(sequence.rawValue): \(reason)")
        }
        damaged.append(Damaged(sequence: sequence, reason: reason))
        return .empty
    }

    private mutating func key(
        _ rows: borrowing Rows, _ row: Int
    ) throws(VaultError) -> DataKey? {
        let id = rows.int(row, 1)
        if let known = keys[id] { return known }
        guard !rows.isNull(row, 3), !rows.isNull(row, 4) else { return nil }
        let key = try keyring.unwrap(
            WrappedKey(masterKey: rows.text(row, 3), bytes: rows.bytes(row, 4)),
            for: ContextKeyStock.owner)
        if keys.count >= Self.limit { keys.removeAll(keepingCapacity: true) }
        keys[id] = key
        return key
    }
}

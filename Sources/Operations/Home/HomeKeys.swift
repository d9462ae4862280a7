internal import Cryptography
internal import Foundation
public import Logging
public import People
internal import Vault

/// The master keys of a home, running or not.
public struct HomeKeys: Sendable {
    private let home: Home
    private let logger: Logger

    /// The keys of a home.
    public init(_ home: Home, logger: Logger) {
        self.home = home
        self.logger = logger
    }

    /// A master key, and what hangs on it.
    public struct Listed: Sendable {
        /// Says which key it is, without saying anything of it.
        public let id: String
        /// Where it is found; nil for one that something is wrapped by but that is not there.
        public let source: String?
        /// How many keys it wraps.
        public let wraps: Int64
    }

    /// The keys, the one that wraps first, and those that are missing.
    public func all() async throws -> [Listed] {
        let keys = MasterKeys(home)
        let (sources, known) = (try keys.sources(), try keys.keys())
        let counts = try await onPeople { people in try await people.wrappedKeys() }
        var listed = zip(known, sources).map {
            Listed(id: $0.id, source: $1, wraps: counts[$0.id] ?? 0)
        }
        for (id, count) in counts.sorted(by: { $0.key < $1.key })
        where !known.contains(where: { $0.id == id }) {
            listed.append(Listed(id: id, source: nil, wraps: count))
        }
        return listed
    }

    /// Lets another key wrap all that the present ones do, while the service goes on. Refused while another command does.
    ///
    /// - Parameters:
    ///   - source: where it is, see ``MasterKeySource``; nil for a new file in the home.
    ///   - isWaiting: whether to give processes that run the time to take up the list; they look each second.
    ///   - progress: told keys wrapped anew, and how many there are.
    public func rotate(
        to source: String?, isWaiting: Bool = true,
        progress: @escaping @Sendable (Int64, Int64) -> Void
    ) async throws -> Rewrapping {
        let lock = try HomeLock(keysOf: home)
        defer { lock.release() }
        let present = try MasterKeys(home).sources()
        let next = try source ?? MasterKeys(home).makeFile()
        guard !present.contains(next) else {
            throw OperationError("\(next) is among the master keys already")
        }
        _ = try MasterKeys(home).open(next, ifMissing: .generate)
        // Known to all before anything is wrapped by it.
        try write(present + [next])
        if isWaiting { try await Task.sleep(for: .seconds(3)) }
        try write([next] + present)
        if isWaiting { try await Task.sleep(for: .seconds(3)) }
        return try await onPeople { people in
            try await people.rewrapKeys(by: "operator") { progress($0.done, $0.total) }
        }
    }

    /// Forgets keys that wrap nothing any more; their files stay, and are the operator's to destroy.
    public func forgetUnused() async throws -> [Listed] {
        let lock = try HomeLock(keysOf: home)
        defer { lock.release() }
        let all = try await all()
        let unused = all.dropFirst().filter { $0.wraps == 0 && $0.source != nil }
        if unused.isEmpty { return [] }
        let kept = all.filter { key in !unused.contains { $0.id == key.id } }
        try write(kept.compactMap(\.source))
        return Array(unused)
    }

    /// Whether all that is sealed can be opened.
    public func check(
        progress: @escaping @Sendable (Int64, Int64) -> Void
    ) async throws -> SealedDataCheck {
        try await onPeople { people in
            try await people.checkSealedData { progress($0.done, $0.total) }
        }
    }

    private func write(_ sources: [String]) throws(OperationError) {
        try home.write(MasterKeys.list(sources), to: home.masterKeyListPath)
    }

    private func onPeople<Value: Sendable>(
        _ body: @escaping @Sendable (People) async throws -> Value
    ) async throws -> Value {
        let keys = MasterKeys(home)
        let (keyring, lookupKey) = (try keys.keyring(), try keys.lookupKey())
        let logger = logger
        return try await home.withRunningCluster { cluster, _ in
            let people = People(
                PeopleConfiguration(
                    database: cluster.connection(application: "holdfast-keys"), keyring: keyring,
                    lookupKey: lookupKey, issuer: "http://localhost"), logger: logger)
            do {
                let value = try await body(people)
                await people.stop()
                return value
            } catch {
                await people.stop()
                throw error
            }
        }
    }
}

internal import AuditTrail
internal import EventLog
internal import Logging
internal import PostgreSQL
internal import Vault

extension People {
    /// How many keys each master key wraps, by its identifier. One that is not named here wraps nothing, and may be
    /// destroyed once no process has it as its current one and no backup is needed in which it does.
    public func wrappedKeys() async throws(PeopleError) -> [String: Int64] {
        try await transact { connection throws(PostgreSQLError) -> Answer<[String: Int64]> in
            var counts: [String: Int64] = [:]
            for place in WrappedKeyPlaces.all {
                counts.merge(try place.counts(on: &connection)) { $0 + $1 }
            }
            return .success(counts)
        }
    }

    /// Wraps all keys that other master keys wrap by the current one. What they seal stays as it is.
    ///
    /// People notice nothing: a page of keys is read, wrapped anew, and put in place where the old ones still are, in a
    /// transaction that waits for no row. Rows that somebody holds or changes meanwhile come up again. It can be cancelled or
    /// killed at any time and begun again, from any process, also by several at once: what is done is done.
    ///
    /// A master key is replaced in four steps, each of which is complete in all processes before the next:
    /// 1. the new key is in the keyring, among the older ones: all can read what it wraps;
    /// 2. it is the current one, and the old one among the older ones: all wrap with it;
    /// 3. this, until ``Rewrapping/isComplete``, and ``checkSealedData(pageSize:findingLimit:progress:)``;
    /// 4. the old key is in no keyring any more.
    ///
    /// - Parameters:
    ///   - actor: who wants it, for the audit log: a name without anything personal.
    ///   - pageSize: keys of one transaction, 1 to 1,000.
    ///   - progress: told after each page, on any thread.
    /// - Returns: What was done. If the task was cancelled, or rows stay held for long, or keys do not unwrap, some remain.
    /// - Throws: ``PeopleError`` with the code `unavailable` if the database or the current master key cannot be used. What
    ///   was done until then stays.
    public func rewrapKeys(
        by actor: String, pageSize: Int = 100,
        progress: @escaping @Sendable (KeyProgress) -> Void = { _ in }
    ) async throws(PeopleError) -> Rewrapping {
        let current = configuration.keyring.currentID
        let total = try await begin(to: current, by: actor)
        let limit = max(1, min(pageSize, 1_000))
        var walk = RewrappingWalk(total: total)
        var idlePasses = 0
        while idlePasses < RewrappingWalk.idlePasses, !Task.isCancelled {
            let before = walk.report.rewrapped
            walk.beginPass()
            for place in WrappedKeyPlaces.all {
                var last = place.start
                while !Task.isCancelled,
                    let next = try await rewrap(place, after: last, limit, &walk)
                {
                    last = next
                    progress(walk.progress)
                }
            }
            if walk.isPassClean { break }
            idlePasses = walk.report.rewrapped == before ? idlePasses + 1 : 0
            // Whoever holds a row is about to let it go.
            try? await Task.sleep(for: .milliseconds(20))
        }
        return try await finish(walk.report, to: current, by: actor)
    }

    /// Unwraps every key and opens everything that is sealed under it, and changes nothing.
    ///
    /// - Parameters:
    ///   - pageSize: keys that are read at once, 1 to 1,000.
    ///   - findingLimit: how much of what does not open is named.
    ///   - progress: told after each page, on any thread.
    /// - Throws: ``PeopleError`` with the code `unavailable` if the database or a master key cannot be used.
    public func checkSealedData(
        pageSize: Int = 100, findingLimit: Int = 20,
        progress: @escaping @Sendable (KeyProgress) -> Void = { _ in }
    ) async throws(PeopleError) -> SealedDataCheck {
        let total = try await wrappedKeys().values.reduce(0, +)
        let limit = max(1, min(pageSize, 1_000))
        let (keyring, holders) = (configuration.keyring, personalDataHolders)
        var check = SealedDataCheck()
        for (number, place) in WrappedKeyPlaces.all.enumerated() {
            // People's keys come first; what other modules seal is sealed under them.
            let columns = place.sealed + (number == 0 ? holders.flatMap(\.sealedColumns) : [])
            var last = place.start
            while true {
                let (after, sofar) = (last, check)
                let page = try await transact {
                    connection throws(PostgreSQLError) -> Answer<(SealedDataCheck, String?)> in
                    let rows = try place.rows(after: after, limit: limit, on: &connection)
                    let opened = try sofar.adding(
                        rows, of: place, columns, keyring, limit: findingLimit, on: &connection)
                    return opened.map { ($0, rows.last?.id) }
                }
                check = page.0
                guard let id = page.1 else { break }
                last = id
                progress(KeyProgress(done: check.keys, total: total))
            }
        }
        return check
    }

    // MARK: - Inside

    /// Wraps a page anew. Returns the last row's identifier; nil if there was none.
    private func rewrap(
        _ place: any WrappedKeyKeeping, after id: String, _ limit: Int, _ walk: inout RewrappingWalk
    ) async throws(PeopleError) -> String? {
        let keyring = configuration.keyring
        let logger = logger
        let page = try await transact {
            connection throws(PostgreSQLError) -> Answer<RewrappingWalk.Page?> in
            let rows = try place.rows(
                after: id, notUnder: keyring.currentID, limit: limit, on: &connection)
            guard let last = rows.last else { return .success(nil) }
            var page = RewrappingWalk.Page(column: place.column, last: last.id)
            var wrapped: [(old: WrappedKeyRow, new: WrappedKey)] = []
            for row in rows {
                let key: DataKey
                do throws(VaultError) { key = try keyring.unwrap(row.key, for: row.owner) } catch {
                    if error.isUnavailable { return .failure(.outOfReach) }
                    page.unopened.append((row.id, "\(error)"))
                    continue
                }
                do throws(VaultError) {
                    wrapped.append((row, try keyring.wrap(key, for: row.owner)))
                } catch {
                    logger.error("a key cannot be wrapped", metadata: ["error": "\(error)"])
                    return .failure(.outOfReach)
                }
            }
            page.rewrapped = try place.replace(wrapped, on: &connection)
            page.left = Int64(wrapped.count) - page.rewrapped
            return .success(page)
        }
        guard let page else { return nil }
        walk.add(page)
        return page.last
    }

    /// Records that it begins. Returns how many keys there are to wrap.
    private func begin(to current: String, by actor: String) async throws(PeopleError) -> Int64 {
        let stale = try await wrappedKeys().filter { $0.key != current }
        let total = stale.values.reduce(0, +)
        try await enact { _, acts throws(PostgreSQLError) -> Answer<Void> in
            acts.add(
                .rewrappingBegun, by: actor, on: current, .succeeded, [("keys", "\(total)")])
            return .success(())
        }
        return total
    }

    /// Records how it ended.
    private func finish(
        _ report: Rewrapping, to current: String, by actor: String
    ) async throws(PeopleError) -> Rewrapping {
        var report = report
        report.remaining = try await wrappedKeys().filter { $0.key != current }.values.reduce(0, +)
        let done = report
        try await enact { _, acts throws(PostgreSQLError) -> Answer<Void> in
            acts.add(
                .rewrappingFinished, by: actor, on: current, .succeeded,
                [
                    ("rewrapped", "\(done.rewrapped)"), ("unopened", "\(done.unopenedCount)"),
                    ("remaining", "\(done.remaining)"),
                ])
            return .success(())
        }
        return done
    }
}

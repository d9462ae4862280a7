internal import AuditTrail
internal import EventLog
public import Identity
internal import Logging
internal import PostgreSQL

extension People {
    /// What stands against a person's erasure now; empty if nothing does.
    ///
    /// - Throws: ``PeopleError`` with the code `unknown_person`, also for somebody who was erased, or `unavailable`.
    public func objections(
        toErasing person: PersonID
    ) async throws(PeopleError) -> [ErasureObjection] {
        let (now, holders) = (now, personalDataHolders)
        return try await transact {
            connection throws(PostgreSQLError) -> Answer<[ErasureObjection]> in
            guard let row = try PersonRow.find(person, on: &connection), row.key != nil else {
                return .failure(.unknownPerson)
            }
            let erasure = try Self.erasure(of: person, at: now, on: &connection)
            return .success(try Self.objections(to: erasure, of: holders, on: &connection))
        }
    }

    /// Destroys a person's key, and with it all that is sealed under it, and takes away what else there is of them: they
    /// cannot be found, opened or signed in any more, their tokens stop, and their handle and contacts are free. The
    /// ledger and the audit log stay as they are: of the person they have the identifier, which now stands for nobody.
    /// Somebody who was erased before stays so.
    ///
    /// Tokens stop at once in this process, and within a second in others. What is left of ended sessions, identifiers and
    /// moments, goes with the sweep two days later.
    ///
    /// What "destroyed" means: no statement reads the wrapped key again. Its bytes are on disk until PostgreSQL uses their
    /// place for others (the sweep vacuums so that it may), in the write-ahead log until that is recycled, and in backups
    /// until these end. Whoever has one of them *and* the master key of that time can still open what the same backup
    /// holds. That ends for good when the master key does: after the last backup that has the person's key, let another
    /// master key wrap all others (``rewrapKeys(by:pageSize:progress:)``) and destroy the old one.
    ///
    /// - Parameter actor: who erases: the person's identifier, or a key's or operator's name.
    /// - Throws: ``PeopleError`` with the code `unknown_person`; `erasure_refused` if something stands against it, see
    ///   ``objections(toErasing:)``: nothing was changed; `unavailable`: the same.
    public func erase(_ person: PersonID, by actor: String) async throws(PeopleError) {
        let (now, holders) = (now, personalDataHolders)
        let ended = try await enact {
            connection, acts throws(PostgreSQLError) -> Answer<[SessionID]> in
            guard let row = try PersonRow.find(person, on: &connection, locked: true) else {
                return .failure(.unknownPerson)
            }
            guard row.key != nil else { return .success([]) }
            let erasure = try Self.erasure(of: person, at: now, on: &connection)
            let objections = try Self.objections(to: erasure, of: holders, on: &connection)
            guard objections.isEmpty else { return .failure(.erasureRefused(objections, person)) }
            for holder in holders { try holder.erase(erasure, on: &connection) }
            let ended = try ErasureStatements.run(person, at: now, on: &connection)
            acts.add(.personErased, by: actor, on: "\(person)")
            return .success(ended)
        }
        tokens.end(ended)
    }

    /// Gives PostgreSQL the places of what was erased of late to use again. Rows that others keep from going stay for the
    /// next time.
    func vacuumAfterErasures(at now: Timestamp) async {
        do throws(PostgreSQLError) {
            // Twice as long as from one sweep to the next.
            let since = now.adding(seconds: -1_200)
            try await outsideTransaction { connection throws(PostgreSQLError) in
                guard try ErasureStatements.happened(after: since, on: &connection) else { return }
                try connection.execute(ErasureStatements.vacuum)
            }
        } catch {
            logger.warning("people: a vacuum failed", metadata: ["error": "\(error)"])
        }
    }

    private static func erasure(
        of person: PersonID, at now: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> Erasure {
        Erasure(
            person: person,
            lookups: Set(try ContactRow.all(of: person, on: &connection).map(\.lookup)), at: now)
    }

    private static func objections(
        to erasure: Erasure, of holders: [any PersonalDataHolding],
        on connection: inout Connection
    ) throws(PostgreSQLError) -> [ErasureObjection] {
        var objections: [ErasureObjection] = []
        for holder in holders {
            objections += try holder.objections(to: erasure, on: &connection)
        }
        return objections
    }

}

extension PeopleError {
    static func erasureRefused(
        _ objections: [ErasureObjection], _ person: PersonID
    ) -> PeopleError {
        // Codes, as many as an entry of the audit log takes.
        let codes = objections.map(\.code).joined(separator: " ")
        return PeopleError(
            .conflict, "erasure_refused", objections.map(\.detail).joined(separator: "; ")
        ).noting(
            .personErased, because: String(decoding: codes.utf8.prefix(500), as: UTF8.self),
            on: "\(person)")
    }
}

public import Identity
public import Notices
package import PostgreSQL

extension People {
    /// What a person chose to be told, and where.
    public func noticePreferences(
        of person: PersonID
    ) async throws(PeopleError) -> NoticePreferences {
        try await transact { connection throws(PostgreSQLError) in
            .success(try NoticePreferences(of: person, on: &connection))
        }
    }

    /// Chooses where a person is told of a kind of thing; what cannot be switched off stays on.
    public func setNoticePreferences(
        _ channels: NoticeChannels, for kind: NoticeKind, of person: PersonID
    ) async throws(PeopleError) -> NoticePreferences {
        try await transact { connection throws(PostgreSQLError) in
            try NoticePreferences.put(channels, for: kind, of: person, on: &connection)
            return .success(try NoticePreferences(of: person, on: &connection))
        }
    }

    /// Where a person's devices are reached, the oldest first.
    public func pushTargets(
        of person: PersonID
    ) async throws(PeopleError) -> [PushTargets.Listed] {
        try await transact { connection throws(PostgreSQLError) in
            .success(try PushTargets.all(of: person, on: &connection))
        }
    }

    /// Remembers where a device is reached, until its session ends.
    ///
    /// - Throws: ``PeopleError`` with the code `session_ended` if the person has no session on the device.
    public func setPushTarget(
        _ address: PushAddress, on device: DeviceID, of person: PersonID
    ) async throws(PeopleError) {
        let now = now
        let targets = PushTargets(sealing: notices)
        try await transact { connection throws(PostgreSQLError) -> Answer<Void> in
            guard
                try SessionRow.goesOn(on: device, of: person, at: now, on: &connection)
            else { return .failure(.sessionEnded) }
            return try targets.register(address, of: person, on: device, at: now, in: &connection)
                == nil
                ? .failure(.outOfReach) : .success(())
        }
    }

    /// A device is reached no more.
    public func removePushTargets(on device: DeviceID) async throws(PeopleError) {
        try await transact { connection throws(PostgreSQLError) in
            .success(try PushTargets.remove(device: device, on: &connection))
        }
    }

    /// What others call a person: their handle, or else their name.
    package func displayName(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> String {
        guard let row = try PersonRow.find(person, on: &connection),
            let profile = try? row.openProfile(configuration.keyring)
        else { return "somebody" }
        return profile.handle.map { "@\($0)" } ?? profile.name ?? "somebody"
    }
}

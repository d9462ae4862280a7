internal import AuditTrail
internal import EventLog
public import Identity
internal import Logging
internal import Notices
internal import PostgreSQL
internal import Vault

extension People {
    /// All that is held of a person, in clear, as one JSON document (RFC 8259, UTF-8) whose members have always the same
    /// order: what these tables have, what the audit log says of them, and the sections of other modules
    /// that hold something of people. Of other people it has identifiers at most, where the person dealt with them.
    ///
    /// What may be long, such as the ledger's history, is read as the document is written; of the rest, which is in memory,
    /// the audit log has most: about 300 bytes for each entry. Only who has just shown who they are may have it:
    /// ``requireFresh(_:of:)`` is the caller's to ask. The person is told that it was made.
    ///
    /// - Parameter actor: who asks for it; the person unless it is given.
    /// - Throws: ``PeopleError`` with the code `unknown_person`, also for somebody who was erased, or `unavailable`.
    public func export(
        of person: PersonID, by actor: String? = nil
    ) async throws(PeopleError) -> ExportDocument {
        let (now, keyring, holders) = (now, configuration.keyring, personalDataHolders)
        let logger = logger
        let json = try await enact { connection, acts throws(PostgreSQLError) -> Answer<[UInt8]> in
            // Locked, so that nothing is erased meanwhile.
            guard let row = try PersonRow.find(person, on: &connection, locked: true),
                row.key != nil
            else { return .failure(.unknownPerson) }
            let (key, profile): (DataKey, Profile)
            do throws(VaultError) {
                key = try row.dataKey(keyring)
                profile = try row.openProfile(keyring)
            } catch {
                logger.error("a person's data does not open", metadata: ["error": "\(error)"])
                return .failure(.outOfReach)
            }
            let rows = ExportRows(person: row, key: key)
            var members = [
                ExportMember("format", .text("holdfast-personal-data-v1")),
                ExportMember("made_at", .moment(now)),
                ExportMember("person", try rows.profile(profile, on: &connection)),
                ExportMember("contacts", try rows.contacts(on: &connection)),
                ExportMember("security", try rows.security(on: &connection)),
                ExportMember("devices", try rows.devices(on: &connection)),
                ExportMember("sessions", try rows.sessions(on: &connection)),
                ExportMember("sign_ins", try rows.signIns(on: &connection)),
                ExportMember("authorizations", try rows.authorizations(on: &connection)),
                ExportMember("codes_sent", try rows.codes(on: &connection)),
                ExportMember("wallets", try rows.wallets(on: &connection)),
                ExportMember(
                    "notices",
                    try ExportedNotices.notices(of: person, under: key, on: &connection)),
                ExportMember(
                    "notice_preferences",
                    try ExportedNotices.preferences(of: person, on: &connection)),
                ExportMember(
                    "push_targets", try ExportedNotices.targets(of: person, on: &connection)),
            ]
            for holder in holders {
                members.append(
                    ExportMember(
                        holder.section,
                        try holder.export(of: person, under: key, on: &connection)))
            }
            members.append(
                ExportMember("acts", try ExportedActs.all(of: person, on: &connection)))
            acts.add(.personExported, by: actor ?? "\(person)", on: "\(person)")
            acts.tell(person, .dataExported, once: "export \(now.rawValue)")
            return .success(ExportValue.members(members).json)
        }
        return ExportDocument(
            beginning: Array(json.dropLast()), person: person, listings: personalDataListings)
    }
}

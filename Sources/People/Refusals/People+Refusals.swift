internal import AuditTrail
internal import Cryptography
internal import EventLog
internal import Logging
internal import PostgreSQL

extension People {
    /// Records that a request was refused, before it is answered. Those that are alike and come often are counted, see
    /// `RefusalTally`. Nothing was changed by a refused request, so it is a transaction of its own.
    package func record(_ refused: RefusedRequest) async {
        let now = now
        guard let record = entry(of: refused, at: now) else { return }
        await write(
            refusals.withLock {
                $0.count(record, isKnown: refused.isKnown, atMicros: now.rawValue)
            })
    }

    /// Records how many refusals were only counted.
    ///
    /// - Parameter isLast: whether no more come.
    func recordCounted(isLast: Bool = false) async {
        let now = now
        await write(refusals.withLock { $0.take(atMicros: now.rawValue, isLast: isLast) })
    }

    private func write(_ records: [AuditRecord]) async {
        guard !records.isEmpty else { return }
        do throws(PeopleError) {
            try await enact { _, acts throws(PostgreSQLError) -> Answer<Void> in
                for record in records { acts.add(record) }
                return .success(())
            }
        } catch {
            logger.error("refusals were not recorded", metadata: ["count": "\(records.count)"])
        }
    }

    private func entry(of refused: RefusedRequest, at now: Timestamp) -> AuditRecord? {
        var details = [
            AuditDetail("cause", refused.cause), AuditDetail("request", refused.request),
        ]
        if let session = refused.session { details.append(AuditDetail("session", session)) }
        if let client = refused.client { details.append(AuditDetail("client", client)) }
        if !refused.address.isEmpty {
            details.append(AuditDetail("origin", origin(refused.address, at: now)))
        }
        do throws(AuditError) {
            return try AuditRecord(
                actor: refused.actor, act: refused.act,
                subject: isIdentifier(refused.subject) ? refused.subject : "", outcome: .refused,
                details: details)
        } catch {
            logger.error("a refusal cannot be recorded", metadata: ["error": "\(error)"])
            return nil
        }
    }

    /// Tells refusals of one address from those of others, for a day.
    private func origin(_ address: String, at now: Timestamp) -> String {
        let day = now.rawValue / 86_400_000_000
        let index = configuration.lookupKey.index(of: "\(day) \(address)", kind: "refusal.origin")
        return Hexadecimal.encode(index.prefix(8))
    }
}

public import EventLog
internal import Identity
public import PostgreSQL

/// Where notices wait to go out. They are written in the transaction that does what they tell of: either both are there
/// afterwards or neither. One insert, which waits for nobody unless somebody else is about to tell the same.
public struct NoticeQueue: Sendable {
    private let sealing: any NoticeSealing

    /// - Parameter sealing: seals what they say.
    public init(sealing: any NoticeSealing) { self.sealing = sealing }

    private static let insert = Statement(
        "notices.insert",
        """
        INSERT INTO notice (id, person_id, kind, dedup_key, sealed, contact_kind, created_at)
        SELECT new.*, $7::bigint
        FROM unnest($1::uuid[], $2::uuid[], $3::smallint[], $4::bytea[], $5::bytea[],
            $6::int[]) AS new
        ON CONFLICT (dedup_key) DO NOTHING RETURNING id
        """)

    /// Enqueues notices, inside the caller's transaction. What was enqueued before is left out, and what is for a person
    /// who was erased.
    ///
    /// - Parameter now: When what they tell of took place.
    /// - Returns: How many were added. Once the transaction is committed, ``NoticeCourier/wake()`` saves a second.
    @discardableResult
    public func enqueue(
        _ notices: [NewNotice], at now: Timestamp, in connection: inout Connection
    ) throws(PostgreSQLError) -> Int {
        var rows: [NewRow] = []
        for notice in notices {
            let id = NoticeID(at: now)
            let plain = notice.content.encoded(with: notice.recipient.contact?.text)
            guard
                let sealed = try sealing.seal(
                    plain, for: notice.recipient.person, as: id.sealedField, on: &connection)
            else { continue }
            rows.append(
                NewRow(id: id, notice: notice, dedupKey: notice.dedupKey, sealed: sealed))
        }
        if rows.isEmpty { return 0 }
        // In one order for all: two transactions that tell the same things never wait for each other.
        rows.sort { $0.dedupKey.lexicographicallyPrecedes($1.dedupKey) }
        return try connection.query(
            Self.insert,
            Parameters {
                $0.addIdentifiers(rows.map(\.id))
                $0.addUUIDArray(rows) { row in
                    row.notice.recipient.person.map { ($0.uuid.high, $0.uuid.low) }
                }
                $0.addInt16Array(rows) { $0.notice.content.kind.rawValue }
                $0.addBytesArray(rows) { $0.dedupKey }
                $0.addBytesArray(rows) { $0.sealed }
                $0.addOptionalInt32Array(rows) { row in
                    row.notice.recipient.contact.map { Int32($0.kind.rawValue) }
                }
                $0.add(now)
            }
        ).count
    }

    private struct NewRow {
        let id: NoticeID
        let notice: NewNotice
        let dedupKey: [UInt8]
        let sealed: [UInt8]
    }
}

extension NoticeID {
    /// As what a notice's content is sealed: it opens in its own row only.
    var sealedField: String { "notice \(self)" }
}

extension PushTargetID {
    /// As what an address is sealed: it opens in its own row only.
    var sealedField: String { "push_target \(self)" }
}

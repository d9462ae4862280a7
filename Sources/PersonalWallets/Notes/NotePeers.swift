internal import EventLog
internal import Identity
internal import PostgreSQL

/// With whom people share notes.
enum NotePeers {
    /// What the person wrote about, or somebody whom they have paid or been paid by; of that, what concerns the person.
    private static let statement = Statement(
        "note.peers",
        """
        WITH topic AS (
            SELECT subject_kind AS kind, subject_id AS id FROM sealed_note
            WHERE sender_id = $1 AND created_at > $2
            UNION
            SELECT n.subject_kind, n.subject_id FROM acquaintance a JOIN sealed_note n
                ON n.sender_id = CASE WHEN a.one_id = $1 THEN a.other_id ELSE a.one_id END
                    AND n.created_at > $2
            WHERE a.one_id = $1 OR a.other_id = $1),
        party AS (
            SELECT t.kind, t.id, w.person_id FROM topic t
                JOIN transfer x ON x.id = t.id JOIN account a ON a.id IN (x.payer, x.payee)
                JOIN wallet w ON w.account = a.public_id
            WHERE t.kind = 1
            UNION ALL
            SELECT t.kind, t.id, r.requester_id FROM topic t JOIN money_request r ON r.id = t.id
            WHERE t.kind = 2
            UNION ALL
            SELECT t.kind, t.id, s.payer_id FROM topic t JOIN request_share s ON s.request_id = t.id
            WHERE t.kind = 2 AND s.payer_id IS NOT NULL)
        SELECT DISTINCT other.person_id FROM party own JOIN party other
            ON other.kind = own.kind AND other.id = own.id
        WHERE own.person_id = $1 AND other.person_id <> $1 ORDER BY 1 LIMIT 1000
        """)

    /// A thousand of them at most, by their identifiers.
    static func all(
        of person: PersonID, since moment: Timestamp, on connection: inout Connection
    ) throws(PostgreSQLError) -> [PersonID] {
        let rows = try connection.query(
            statement,
            Parameters {
                $0.add(person)
                $0.add(moment)
            })
        var peers: [PersonID] = []
        for row in 0..<rows.count { peers.append(rows.identifier(row, 0)) }
        return peers
    }
}

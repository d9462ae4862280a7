public import EventLog
public import PostgreSQL

extension LedgerQueries {
    /// Labels may be put on a transfer without end: the newest are shown.
    private static let noteLimit: Int64 = 100

    private static let notes = Statement(
        "notes",
        """
        SELECT n.transfer_id, n.sequence, n.actor, n.text
        FROM (SELECT unnest($1::uuid[]) AS id) t CROSS JOIN LATERAL (
            SELECT * FROM note WHERE transfer_id = t.id ORDER BY sequence DESC LIMIT $2::bigint) n
        ORDER BY n.sequence
        """)

    /// Who reviewed, challenged or labelled transfers, in the events' order: for each transfer the newest 100 of such
    /// events. Transfers that nobody touched are left out.
    public func notes(
        of transfers: [TransferID]
    ) async throws(PostgreSQLError) -> [TransferID: [NoteView]] {
        try await pool.run { connection throws(PostgreSQLError) in
            var parameters = Parameters()
            parameters.addUUIDArray(transfers) { ($0.high, $0.low) }
            parameters.add(Self.noteLimit)
            let rows = try connection.query(Self.notes, parameters)
            var notes: [TransferID: [NoteView]] = [:]
            for row in 0..<rows.count {
                let id = rows.uuid(row, 0)
                notes[TransferID(high: id.high, low: id.low), default: []].append(
                    NoteView(
                        sequence: Sequence(rows.int(row, 1)), actor: rows.text(row, 2),
                        text: rows.text(row, 3)))
            }
            return notes
        }
    }
}

internal import EventLog
internal import Identity
internal import PostgreSQL

/// How a challenged payment was confirmed, as the database has it.
struct PaymentConfirmationRow: Sendable {
    /// Keyed index of what was shown, and for what.
    let proof: [UInt8]
    let isRight: Bool

    private static let read = Statement(
        "people.payment_confirmation",
        "SELECT proof, is_right FROM payment_confirmation WHERE transfer_id = $1")
    private static let keep = Statement(
        "people.payment_confirmation.keep",
        """
        INSERT INTO payment_confirmation (transfer_id, person_id, proof, is_right, judged_at)
        VALUES ($1, $2, $3, $4, $5)
        ON CONFLICT (transfer_id) DO UPDATE SET person_id = excluded.person_id,
            proof = excluded.proof, is_right = excluded.is_right, judged_at = excluded.judged_at
        """)

    static func find(
        _ transfer: TransferID, on connection: inout Connection
    ) throws(PostgreSQLError) -> PaymentConfirmationRow? {
        let rows = try connection.query(
            read, Parameters { $0.add(uuidHigh: transfer.high, low: transfer.low) })
        return rows.isEmpty
            ? nil : PaymentConfirmationRow(proof: rows.bytes(0, 0), isRight: rows.bool(0, 1))
    }

    func keep(
        for transfer: TransferID, by person: PersonID, at now: Timestamp,
        on connection: inout Connection
    ) throws(PostgreSQLError) {
        _ = try connection.query(
            Self.keep,
            Parameters {
                $0.add(uuidHigh: transfer.high, low: transfer.low)
                $0.add(person)
                $0.add(proof)
                $0.add(isRight)
                $0.add(now)
            })
    }
}

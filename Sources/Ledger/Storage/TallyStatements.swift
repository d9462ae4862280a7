internal import EventLog
internal import PostgreSQL

/// What spenders have spent is written with the last transfer of theirs in a commit, where a row is written anyway. Only
/// when a commit gives back and opens no transfer of that spender is it written by itself. The newer of both counts.
enum TallyStatements {
    static let all = [newest, put]

    /// Columns `spender` and `tally`, for a table `k` of spenders; NULL for who has spent nothing.
    static let newestOfEach = """
        SELECT k.spender,
            CASE WHEN s.sequence > coalesce(t.created_sequence, 0) THEN s.tally
                WHEN t.created_sequence IS NOT NULL THEN coalesce(t.spent, '') END AS tally
        FROM k LEFT JOIN spending s ON s.spender = k.spender
        LEFT JOIN LATERAL (
            SELECT created_sequence, spent FROM transfer WHERE spent_by = k.spender
            ORDER BY created_sequence DESC LIMIT 1) t ON true
        """
    static let newest = Statement(
        "newest_tallies", "WITH k AS (SELECT unnest($1::uuid[]) AS spender) " + newestOfEach)
    static let put = Statement(
        "put_tallies",
        """
        INSERT INTO spending (spender, sequence, tally)
        SELECT unnest($1::uuid[]), $2::bigint, unnest($3::bytea[])
        ON CONFLICT (spender) DO UPDATE SET sequence = excluded.sequence, tally = excluded.tally
        """)

    /// A column that holds a tally.
    static func tally(
        _ rows: borrowing Rows, _ row: Int, _ column: Int, of spender: TransferID
    ) throws(PostgreSQLError) -> SpendingTally {
        guard let tally = TallyCoding.decode(rows.bytes(row, column)) else {
            throw .unexpectedResult("what \(spender) has spent cannot be read")
        }
        return tally
    }
}

/// A tally as columns keep it: day and month, four bytes each, and nineteen for each counter (currency, kind, sum of the
/// day, sum of the month); big-endian.
enum TallyCoding {
    private static let head = 8
    private static let size = 19

    static func encode(_ tally: SpendingTally) -> [UInt8] {
        var bytes: [UInt8] = []
        bytes.reserveCapacity(head + tally.counters.count * size)
        func put(_ value: some FixedWidthInteger) {
            withUnsafeBytes(of: value.bigEndian) { bytes.append(contentsOf: $0) }
        }
        put(Int32(truncatingIfNeeded: tally.day))
        put(Int32(truncatingIfNeeded: tally.month))
        for counter in tally.counters {
            put(counter.currency)
            put(counter.kind)
            put(counter.count.daySum)
            put(counter.count.monthSum)
        }
        return bytes
    }

    /// Nil of what no tally looks like: cut off, out of order, or less than nothing spent.
    static func decode(_ bytes: [UInt8]) -> SpendingTally? {
        guard bytes.count >= head, (bytes.count - head) % size == 0 else { return nil }
        return bytes.withUnsafeBytes { raw in
            func value<Value: FixedWidthInteger>(_ offset: Int, _: Value.Type) -> Value {
                Value(bigEndian: raw.loadUnaligned(fromByteOffset: offset, as: Value.self))
            }
            let counters = stride(from: head, to: bytes.count, by: size).map { start in
                SpendingTally.Counter(
                    currency: value(start, UInt16.self), kind: raw[start + 2],
                    count: SpendingCount(
                        daySum: value(start + 3, Int64.self),
                        monthSum: value(start + 11, Int64.self)))
            }
            let isOrdered = zip(counters, counters.dropFirst()).allSatisfy {
                ($0.currency, $0.kind) < ($1.currency, $1.kind)
            }
            guard isOrdered, counters.allSatisfy({ $0.count.daySum >= 0 && $0.count.monthSum >= 0 })
            else { return nil }
            return SpendingTally(
                day: Int64(value(0, Int32.self)), month: Int64(value(4, Int32.self)),
                counters: counters)
        }
    }
}

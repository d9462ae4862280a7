internal import EventLog
internal import Ledger
internal import PostgreSQL

/// What was erased: the keys of risk contexts that are gone must be those that the log says, no more and no fewer.
extension TableComparison {
    mutating func compareErasures(_ connection: inout Connection) throws(PostgreSQLError) {
        var after = Sequence(.min)
        while true {
            let rows = try LedgerAudit.contextKeys(
                after: after, limit: Self.slice, &connection)
            for row in rows where row.id <= cut { compare(row) }
            guard let last = rows.last, rows.count == Self.slice else { break }
            after = last.id
        }
        let rebases = try LedgerAudit.rebases(upTo: cut, &connection)
        findings.expect(
            rebases == derivation.rebases, .erasure,
            "the engine's state was made anew at events \(derivation.rebases.map(\.rawValue)) of the log, at "
                + "\(rebases.map(\.rawValue)) by the table")
    }

    private mutating func compare(_ row: LedgerAudit.ContextKeyRow) {
        findings.checked(.erasure)
        let name = "the context key \(row.id.rawValue) of account \(row.account.rawValue)"
        let erasures = derivation.erasures[row.account] ?? []
        // What the log says after the cut is not derived.
        if let by = row.erasedBy, by > cut { return }
        let expected = erasures.first { $0 >= row.id }
        findings.expect(
            row.isKept == (row.erasedBy == nil), .erasure,
            "\(name) is "
                + (row.isKept ? "there, and said to be erased" : "gone, and not said to be"))
        findings.expect(
            row.erasedBy == expected, .erasure,
            "\(name) is "
                + (row.erasedBy.map { "said to be erased by event \($0.rawValue)" }
                    ?? "not said to be erased")
                + ", in the log it is "
                + (expected.map { "by event \($0.rawValue)" } ?? "not"))
    }
}

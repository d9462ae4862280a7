internal import EventLog
internal import Ledger
internal import PostgreSQL

/// Policies and lists: engines read them in the log, people in these tables, and both must see the same.
extension TableComparison {
    mutating func comparePolicies(_ connection: inout Connection) throws(PostgreSQLError) {
        var missing = derivation.policies
        var after = Sequence(.min)
        while true {
            let rows = try slice(&connection) { connection throws(PostgreSQLError) in
                try LedgerAudit.policies(after: after, limit: Self.slice, &connection)
            }
            for row in rows {
                let derived = missing.removeValue(forKey: row.sequence)
                if later.policies.contains(row.sequence) { continue }
                findings.checked(.policies)
                findings.expect(
                    row == derived, .policies,
                    "the policy of event \(row.sequence.rawValue) is "
                        + (derived == nil ? "unknown to the log" : "not that of the log"))
            }
            guard let last = rows.last, rows.count == Self.slice else { break }
            after = last.sequence
        }
        for sequence in missing.keys.sorted() {
            findings.breach(
                .policies,
                "the policy of event \(sequence.rawValue) of the log is not in the tables")
        }
    }

    mutating func compareLists(_ connection: inout Connection) throws(PostgreSQLError) {
        var missing = derivation.listEntries
        var after = LedgerAudit.ListPlace(
            list: Int64(Int16.min), subject: Int64(Int16.min), key: .min)
        while true {
            let rows = try slice(&connection) { connection throws(PostgreSQLError) in
                try LedgerAudit.listEntries(after: after, limit: Self.slice, &connection)
            }
            for row in rows {
                let derived = missing.removeValue(forKey: row.place)
                if later.listPlaces.contains(row.place) { continue }
                findings.checked(.policies)
                findings.expect(
                    row == derived, .policies,
                    "\(Self.name(row.place)), put there by event \(row.sequence.rawValue) until "
                        + "\(row.until.rawValue), is "
                        + (derived.map {
                            "there by event \($0.sequence.rawValue) until \($0.until.rawValue) in "
                                + "the log"
                        } ?? "not there in the log"))
            }
            guard let last = rows.last, rows.count == Self.slice else { break }
            after = last.place
        }
        // What was taken off after the cut is rightly not there any more.
        let lost = missing.values.filter { !later.listPlaces.contains($0.place) }
        for row in lost.sorted(by: { $0.sequence < $1.sequence }) {
            findings.breach(
                .policies,
                "\(Self.name(row.place)), put there by event \(row.sequence.rawValue) of the log, "
                    + "is not in the tables")
        }
    }

    /// Such as "device 5 on the watch list".
    private static func name(_ place: LedgerAudit.ListPlace) -> String {
        let list = UInt8(exactly: place.list).flatMap(ListName.init(rawValue:))
        let subject = UInt8(exactly: place.subject).flatMap(ListSubject.init(rawValue:))
        return (subject.map { "\($0)" } ?? "subject \(place.subject)")
            + " \(UInt64(bitPattern: place.key)) on "
            + (list.map { "the \($0) list" } ?? "list \(place.list)")
    }
}

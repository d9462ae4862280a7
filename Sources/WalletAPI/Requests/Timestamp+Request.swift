internal import EventLog

extension Timestamp {
    /// A moment in a request: RFC 3339, after 1970-01-01T00:00:00Z, as no ledger has seen an earlier one and 0 stands
    /// for none.
    init?(request text: String) {
        self.init(rfc3339: text)
        guard rawValue > 0 else { return nil }
    }
}

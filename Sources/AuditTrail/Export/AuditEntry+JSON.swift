extension AuditEntry {
    /// The entry as one line of JSON: `format`, `index`, `recorded_at_micros`, `actor`, `act`, `subject`, `outcome`
    /// (`succeeded` or `refused`), `details` (objects of `name` and `text`), `previous_hash` and `hash`.
    public var json: String { AuditJSON.write(AuditEntryJSON(self)) }

    /// Reads what ``json`` wrote. Whether the hash is right has to be asked; see ``computedHash``.
    ///
    /// - Throws: ``AuditError`` whose `isMalformed` is true.
    public init(json: String) throws(AuditError) {
        self = try AuditJSON.read(json, as: AuditEntryJSON.self).entry()
    }
}

extension SignedTreeHead {
    /// The head as one line of JSON: `format`, `log_id`, `size`, `root`, `signed_at_micros`, `key_id` and `signature`.
    public var json: String { AuditJSON.write(SignedTreeHeadJSON(self)) }

    /// Reads what ``json`` wrote. Whether the signature is right has to be asked; see ``verify(with:)``.
    ///
    /// - Throws: ``AuditError`` whose `isMalformed` is true.
    public init(json: String) throws(AuditError) {
        self = try AuditJSON.read(json, as: SignedTreeHeadJSON.self).head()
    }
}

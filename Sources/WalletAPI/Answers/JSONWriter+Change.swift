internal import EventLog

extension JSONWriter {
    /// What was changed, between its event and who wanted it, and why.
    ///
    /// - Parameter recordedAt: left out of the answer to the change itself.
    mutating func change(
        _ sequence: Sequence, recordedAt: Timestamp? = nil, by actor: String, note: String,
        _ what: (inout JSONWriter) -> Void
    ) {
        member("sequence", sequence)
        if let recordedAt { member("recorded_at", recordedAt) }
        what(&self)
        member("by", actor)
        member("note", note)
    }
}

/// What a proof proves.
public enum AuditVerdict: String, Sendable, CaseIterable {
    /// All that it says.
    case holds
    /// Nothing: a head is not what the owner of this key signed.
    case headForged = "head_forged"
    /// Nothing: the entry is not what its hash says.
    case entryEdited = "entry_edited"
    /// That the entry is not in the log that the head is of, or not there.
    case notIncluded = "not_included"
    /// That the heads are of different logs, or the older one covers more than the newer.
    case notComparable = "not_comparable"
    /// Nothing, unless the path was damaged: the newer log does not begin with the older one.
    case notConsistent = "not_consistent"
}

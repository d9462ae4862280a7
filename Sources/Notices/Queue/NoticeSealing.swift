public import Identity
public import PostgreSQL

/// Keeps what is personal from whoever has the database alone: seals it under the person's key, or under the service's
/// own for somebody who is not registered.
public protocol NoticeSealing: Sendable {
    /// What was sealed opens as the same `field` of the same person only; nil if the person's key was destroyed.
    ///
    /// - Parameter connection: Where the person's key is; it may be in a transaction.
    func seal(
        _ plain: [UInt8], for person: PersonID?, as field: String,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> [UInt8]?

    /// What was sealed; nil if the person's key was destroyed, or if it is damaged.
    func open(
        _ sealed: [UInt8], for person: PersonID?, as field: String,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> [UInt8]?

    /// 32 bytes that stand for a text and tell nothing of it to who has not the key.
    ///
    /// - Parameter kind: What it is; equal texts of two kinds have two indexes.
    func index(of text: String, kind: String) -> [UInt8]
}

/// A contact that its person has shown to be theirs.
public struct NoticeContact: Sendable, Equatable {
    /// Which one.
    public let id: ContactID
    /// Where it leads.
    public let point: ContactPoint

    /// A contact.
    public init(id: ContactID, point: ContactPoint) {
        self.id = id
        self.point = point
    }
}

/// Knows where people can be written to.
public protocol NoticeAddressing: Sendable {
    /// A person's verified contacts, the preferred ones first; none for somebody who was erased.
    func contacts(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> [NoticeContact]
}

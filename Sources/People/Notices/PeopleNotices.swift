internal import Cryptography
internal import EventLog
public import Identity
public import Notices
public import PostgreSQL
internal import Vault

/// Seals notices under the keys of those whom they are for, and knows where people can be written to.
public struct PeopleNotices: NoticeSealing, NoticeAddressing {
    private let keyring: Keyring
    private let lookupKey: LookupKey
    /// What notices to nobody that is known are sealed for.
    static let nobody = "notice"

    /// With the keys that people are kept with.
    public init(_ configuration: PeopleConfiguration) {
        keyring = configuration.keyring
        lookupKey = configuration.lookupKey
    }

    /// Seals under the person's key; for somebody who is not registered, under a new key that a master key wraps and
    /// that stands before what it seals. nil once the person is erased.
    public func seal(
        _ plain: [UInt8], for person: PersonID?, as field: String, on connection: inout Connection
    ) throws(PostgreSQLError) -> [UInt8]? {
        if let person {
            return try PersonRow.find(person, on: &connection)
                .flatMap { try? $0.dataKey(keyring) }?.seal(plain, as: field)
        }
        let key = DataKey()
        guard let wrapped = try? keyring.wrap(key, for: Self.nobody) else { return nil }
        return NobodysNotice(key: wrapped, sealed: key.seal(plain, as: field)).bytes
    }

    /// What was sealed; nil if it cannot be opened any more.
    public func open(
        _ sealed: [UInt8], for person: PersonID?, as field: String,
        on connection: inout Connection
    ) throws(PostgreSQLError) -> [UInt8]? {
        if let person {
            return try PersonRow.find(person, on: &connection)
                .flatMap { try? $0.dataKey(keyring) }.flatMap { try? $0.open(sealed, as: field) }
        }
        guard let notice = NobodysNotice(sealed) else { return nil }
        return (try? keyring.unwrap(notice.key, for: Self.nobody)).flatMap {
            try? $0.open(notice.sealed, as: field)
        }
    }

    /// A keyed index of a text.
    public func index(of text: String, kind: String) -> [UInt8] {
        lookupKey.index(of: text, kind: kind)
    }

    /// Where a person can be written to: the contact they have had the longest first.
    public func contacts(
        of person: PersonID, on connection: inout Connection
    ) throws(PostgreSQLError) -> [NoticeContact] {
        guard let row = try PersonRow.find(person, on: &connection),
            let key = try? row.dataKey(keyring)
        else { return [] }
        return try ContactRow.all(of: person, on: &connection).compactMap { contact in
            (try? contact.open(key)).map { NoticeContact(id: contact.id, point: $0) }
        }
    }
}

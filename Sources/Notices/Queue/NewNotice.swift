internal import Cryptography
public import Identity

/// Who is told.
public enum NoticeRecipient: Sendable, Equatable {
    /// A person, on the channels that they want.
    case person(PersonID)
    /// One contact and nothing else, whatever anybody's preferences: for codes, and for an address that was just taken
    /// away. The person is the one whose key seals it, if it is known.
    case contact(ContactPoint, of: PersonID?)
}

/// A notice that is to go out.
public struct NewNotice: Sendable, Equatable {
    /// Who is told.
    public let recipient: NoticeRecipient
    /// What they are told.
    public let content: NoticeContent
    /// What it tells of: an identifier that is used for nothing else, such as a transfer's with the state that it came
    /// into. The same recipient is told of the same kind of the same thing once, however often it is enqueued.
    public let occasion: String

    /// A notice.
    public init(to recipient: NoticeRecipient, _ content: NoticeContent, occasion: String) {
        precondition(
            !content.kind.isForContact || recipient.contact != nil,
            "\(content.kind.word) goes to a contact")
        self.recipient = recipient
        self.content = content
        self.occasion = occasion
    }

    /// SHA-256 of kind, recipient and occasion, each behind its length.
    var dedupKey: [UInt8] {
        let who =
            switch recipient {
            case .person(let id): "person \(id)"
            case .contact(let point, _): "\(point.kind.word) \(point.text)"
            }
        var hash = SHA256()
        for part in ["holdfast.notice.v1", content.kind.word, who, occasion] {
            let bytes = Array(part.utf8)
            hash.update(withUnsafeBytes(of: UInt32(bytes.count).bigEndian) { Array($0) })
            hash.update(bytes)
        }
        return hash.finalize().bytes
    }
}

extension NoticeRecipient {
    /// The person whose key seals it.
    var person: PersonID? {
        switch self {
        case .person(let id): id
        case .contact(_, let id): id
        }
    }
    /// The contact that it goes to alone.
    var contact: ContactPoint? {
        guard case .contact(let point, _) = self else { return nil }
        return point
    }
}

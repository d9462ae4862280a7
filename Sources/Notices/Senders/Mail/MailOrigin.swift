public import Identity

/// Who sends the service's mail.
public struct MailOrigin: Sendable, Equatable {
    /// The name that is shown.
    public let name: String
    /// The address.
    public let address: ContactPoint

    /// - Throws: ``NoticeError`` if `address` is no e-mail address.
    public init(name: String, address: String) throws(NoticeError) {
        guard let point = ContactPoint(email: address) else {
            throw .malformedAddress("mail is sent from an address such as notices@example.org")
        }
        self.name = name
        self.address = point
    }

    /// What is behind the address's `@`.
    var domain: Substring {
        address.text.split(separator: "@").last ?? ""
    }

    /// As it stands in a header (RFC 5322, section 3.4): the name as a quoted string or as encoded words.
    var header: String {
        let isPlain = name.utf8.allSatisfy {
            (0x20...0x7e).contains($0) && $0 != UInt8(ascii: "\"") && $0 != UInt8(ascii: "\\")
        }
        // Some readers decode what looks like an encoded word inside quotes, too.
        let isQuotable = isPlain && name.utf8.count <= 60 && !name.contains("=?")
        let shown = isQuotable ? "\"\(name)\"" : MailMessage.encodedWords(name)
        return "\(shown) <\(address.text)>"
    }
}

/// Where a person can be written to, in the one form in which it is kept and compared.
public struct ContactPoint: Sendable, Hashable {
    /// E-mail or telephone. Raw values are the database's.
    public enum Kind: Int16, Sendable, CaseIterable {
        case email = 1
        case phone = 2

        /// The word for it in JSON.
        public var word: String { self == .email ? "email" : "phone" }
    }
    /// E-mail or telephone.
    public let kind: Kind
    /// An address in lower case, or a number after E.164 with its plus sign.
    public let text: String

    private init(_ kind: Kind, _ text: String) {
        self.kind = kind
        self.text = text
    }

    /// An e-mail address as RFC 5321 limits it: 64 characters, `@`, a domain of labels, 254 in all. Quoted local parts
    /// and addresses in brackets are refused, and case is not told apart, as no large provider does.
    public init?(email text: String) {
        let text = text.lowercased()
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        guard parts.count == 2, text.utf8.count <= 254, (1...64).contains(parts[0].utf8.count)
        else { return nil }
        let dots = parts[0].split(separator: ".", omittingEmptySubsequences: false)
        guard dots.allSatisfy({ !$0.isEmpty && $0.utf8.allSatisfy(Self.isAtomText) }) else {
            return nil
        }
        let labels = parts[1].split(separator: ".", omittingEmptySubsequences: false)
        guard labels.count >= 2, labels.allSatisfy(Self.isDomainLabel) else { return nil }
        self.init(.email, text)
    }

    /// A telephone number of 7 to 15 digits after its country's code (ITU-T E.164); spaces, hyphens, dots and
    /// parentheses between them are left out, and `00` stands for the plus sign.
    public init?(phone text: String) {
        var digits = text.filter { !" -.()\u{a0}".contains($0) }
        if digits.hasPrefix("00") { digits = "+" + digits.dropFirst(2) }
        let rest = digits.dropFirst()
        guard digits.hasPrefix("+"), (7...15).contains(rest.utf8.count), !rest.hasPrefix("0"),
            rest.utf8.allSatisfy({ (0x30...0x39).contains($0) })
        else { return nil }
        self.init(.phone, digits)
    }

    /// Whichever of the two a text is.
    public init?(_ text: String) {
        guard let point = ContactPoint(email: text) ?? ContactPoint(phone: text) else { return nil }
        self = point
    }

    /// So much of it that its owner knows which one is meant: `a…@e….org`, `+49…07`.
    public var masked: String {
        switch kind {
        case .email:
            let parts = text.split(separator: "@")
            let domain = parts[1].split(separator: ".")
            return "\(parts[0].prefix(1))…@\(parts[1].prefix(1))….\(domain.last ?? "")"
        case .phone: return "\(text.prefix(3))…\(text.suffix(2))"
        }
    }

    private static func isAtomText(_ byte: UInt8) -> Bool {
        switch byte {
        case 0x61...0x7a, 0x30...0x39: true
        default: "!#$%&'*+-/=?^_`{|}~".utf8.contains(byte)
        }
    }

    private static func isDomainLabel(_ label: Substring) -> Bool {
        (1...63).contains(label.utf8.count) && label.first != "-" && label.last != "-"
            && label.utf8.allSatisfy {
                (0x61...0x7a).contains($0) || (0x30...0x39).contains($0) || $0 == 0x2d
            }
    }
}

/// Which passwords are taken: long ones that are not among those that are tried first (NIST SP 800-63B, 5.1.1.2). No rules
/// of letters and digits, which make passwords worse.
public struct PasswordRule: Sendable {
    /// Why a password is not taken.
    public enum Weakness: Sendable, Equatable {
        case short(minimum: Int)
        case long(maximumBytes: Int)
        /// It is in the list of passwords that were found in breaches most often.
        case breached
        /// Too few different characters.
        case repetitive
        /// It contains the person's own address, number, name or handle.
        case personal

        /// The stable word of it.
        public var code: String {
            switch self {
            case .short: "password_too_short"
            case .long: "password_too_long"
            case .breached: "password_breached"
            case .repetitive: "password_repetitive"
            case .personal: "password_personal"
            }
        }

        /// What is wrong, and what would be right.
        public var description: String {
            switch self {
            case .short(let minimum): "a password has at least \(minimum) characters"
            case .long(let maximum): "a password has at most \(maximum) bytes"
            case .breached: "this password is among those that are tried first: choose another"
            case .repetitive: "this password has too few different characters"
            case .personal: "a password must not contain your address, number, name or handle"
            }
        }
    }

    private static let minimum = 10
    private static let maximumBytes = 256
    private static let leastDistinct = 5

    private static let breached: Set<String> = {
        let text = String(decoding: PackageResources.common_passwords_txt, as: UTF8.self)
        return Set(text.split(separator: "\n").map(String.init))
    }()

    /// Why a password is not taken; nil if it is.
    ///
    /// - Parameter personal: what is known of the person; parts of fewer than four characters do not count.
    public static func weakness(of password: String, personal: [String]) -> Weakness? {
        guard password.count >= minimum else { return .short(minimum: minimum) }
        guard password.utf8.count <= maximumBytes else { return .long(maximumBytes: maximumBytes) }
        let folded = password.lowercased()
        guard !breached.contains(folded) else { return .breached }
        guard Set(folded).count >= leastDistinct else { return .repetitive }
        let parts = personal.flatMap {
            $0.lowercased().split { !($0.isLetter || $0.isNumber) }.map(String.init)
        }
        return parts.contains { $0.count >= 4 && folded.contains($0) } ? .personal : nil
    }
}

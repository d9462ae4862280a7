/// Why a master key cannot be opened or used. Never says a PIN, a key, or a text that may hold one.
public struct HardwareKeyError: Error, Sendable, Equatable, CustomStringConvertible {
    private enum Reason: Sendable, Equatable {
        case module(path: String, why: String)
        case refused(call: String, code: ReturnCode, token: String)
        case token(wanted: String, matching: Int, there: [String])
        case key(wanted: String, matching: Int, token: String)
        case unfit(key: String, why: String)
        case secret(place: String, why: String)
        case source(why: String)
    }
    private let reason: Reason

    private init(_ reason: Reason) { self.reason = reason }

    /// A PKCS #11 module cannot be used.
    static func module(_ path: String, _ why: String) -> HardwareKeyError {
        HardwareKeyError(.module(path: path, why: why))
    }
    /// A function of the module gave another code than `CKR_OK`.
    static func refused(_ call: String, _ code: ReturnCode, at token: String) -> HardwareKeyError {
        HardwareKeyError(.refused(call: call, code: code, token: token))
    }
    /// None or several tokens are what is wanted.
    static func token(
        _ wanted: String, matching: Int, among there: [String]
    ) -> HardwareKeyError {
        HardwareKeyError(.token(wanted: wanted, matching: matching, there: there))
    }
    /// None or several keys are what is wanted.
    static func key(_ wanted: String, matching: Int, in token: String) -> HardwareKeyError {
        HardwareKeyError(.key(wanted: wanted, matching: matching, token: token))
    }
    /// A key is there that must not be a master key.
    static func unfit(_ key: String, _ why: String) -> HardwareKeyError {
        HardwareKeyError(.unfit(key: key, why: why))
    }
    /// A file or variable does not hold what it should.
    static func secret(_ place: String, _ why: String) -> HardwareKeyError {
        HardwareKeyError(.secret(place: place, why: why))
    }
    /// A text does not name a master key.
    static func source(_ why: String) -> HardwareKeyError { HardwareKeyError(.source(why: why)) }

    /// What the module answered, such as `CKR_PIN_INCORRECT`; nil if it was not asked.
    public var returnCode: ReturnCode? {
        if case .refused(_, let code, _) = reason { code } else { nil }
    }

    /// Whether the token has no such key, so that one could be made.
    public var isMissingKey: Bool {
        if case .key(_, 0, _) = reason { true } else { false }
    }

    /// Whether a text was not understood, rather than what it names not found.
    public var isMalformedSource: Bool {
        if case .source = reason { true } else { false }
    }

    /// What is wrong, and what would be right.
    public var description: String {
        switch reason {
        case .module(let path, let why): "the PKCS #11 module \(path) \(why)"
        case .refused(let call, let code, let token):
            "\(call) at the token \(token) answered \(code)" + (code.remedy.map { ": \($0)" } ?? "")
        case .token(let wanted, 0, let there):
            "there is no token \(wanted), only "
                + (there.isEmpty ? "slots without one" : there.joined(separator: ", "))
        case .token(let wanted, let count, _):
            "\(count) tokens are \(wanted): the serial number would tell them apart"
        case .key(let wanted, 0, let token):
            "the token \(token) has no AES key \(wanted): it must be made before it is used"
        case .key(let wanted, let count, let token):
            "the token \(token) has \(count) AES keys \(wanted): an id would tell them apart"
        case .unfit(let key, let why): "the key \(key) is not fit for a master key: \(why)"
        case .secret(let place, let why): "\(place) \(why)"
        case .source(let why): "this names no master key: \(why)"
        }
    }
}

/// Why a key, a list of keys or a note is not accepted. Says nothing of what a note holds.
public struct SealedNoteError: Error, Sendable, Equatable, CustomStringConvertible {
    private enum Reason: Sendable, Equatable {
        case malformed(String)
        case key(String)
        case content(String)
        case list(String)
        case stray(String)
        case recipients(String)
        case notForThisDevice
        case noKeyInCommon(String)
        case notAuthentic
    }
    private let reason: Reason

    private init(_ reason: Reason) { self.reason = reason }

    /// Bytes are not in the form they must have.
    static func malformed(_ what: String) -> SealedNoteError { SealedNoteError(.malformed(what)) }
    /// A key is none, or not a safe one.
    static func key(_ why: String) -> SealedNoteError { SealedNoteError(.key(why)) }
    /// What shall be sealed is too long or of no kind there is.
    static func content(_ why: String) -> SealedNoteError { SealedNoteError(.content(why)) }
    /// A list of keys contradicts itself or an earlier one.
    static func list(_ why: String) -> SealedNoteError { SealedNoteError(.list(why)) }
    /// A note was put where it does not belong.
    static func stray(_ why: String) -> SealedNoteError { SealedNoteError(.stray(why)) }
    /// A note is not for exactly those that it must be for.
    static func recipients(_ why: String) -> SealedNoteError { SealedNoteError(.recipients(why)) }
    /// This device is not among a note's recipients.
    static let notForThisDevice = SealedNoteError(.notForThisDevice)
    /// A device has no key of a curve that the sending device has one of.
    static func noKeyInCommon(_ device: DeviceID) -> SealedNoteError {
        SealedNoteError(.noKeyInCommon("\(device)"))
    }
    /// The note was altered, or is of another sender than it says.
    static let notAuthentic = SealedNoteError(.notAuthentic)

    /// Whether a note's keys are not those of the directory: a sender whose view is old may seal anew and try again.
    public var isAboutRecipients: Bool {
        if case .recipients = reason { true } else { false }
    }

    /// Whether a note was altered or forged, rather than put in a wrong place.
    public var isForgery: Bool { reason == .notAuthentic }

    /// Whether a list of keys went back to an earlier state, or has two forms: a directory that does this lies.
    public var isAboutKeyList: Bool {
        if case .list = reason { true } else { false }
    }

    /// What is wrong, and what would be right.
    public var description: String {
        switch reason {
        case .malformed(let what): "this is no sealed note: \(what)"
        case .key(let why): "this is no device's key: \(why)"
        case .content(let why): "this cannot be sealed: \(why)"
        case .list(let why): "this list of keys cannot be right: \(why)"
        case .stray(let why): "the note does not belong here: \(why)"
        case .recipients(let why): "the note is not for the devices there are: \(why)"
        case .notForThisDevice: "the note was not sealed for this device"
        case .noKeyInCommon(let device):
            "the device \(device) has no key of a curve that this device has one of"
        case .notAuthentic: "the note was altered, or is not of the sender that it names"
        }
    }
}

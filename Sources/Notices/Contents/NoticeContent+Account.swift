public import Identity

extension NoticeContent {
    /// Somebody signed in with a device not seen before.
    public static func newDevice(_ name: String) -> NoticeContent {
        NoticeContent(
            .newDevice, [.device: DisplayText.plain(name, maximumBytes: nameBytes)])
    }
    /// The password was changed.
    public static let passwordChanged = NoticeContent(.passwordChanged)
    /// A second factor was added or taken away.
    public static let secondFactorChanged = NoticeContent(.secondFactorChanged)
    /// A token was used twice, so that the session was ended.
    public static func sessionEndedForReuse(device name: String? = nil) -> NoticeContent {
        var parameters: [NoticeParameter: String] = [:]
        if let name {
            parameters[.device] = DisplayText.plain(name, maximumBytes: nameBytes)
        }
        return NoticeContent(.sessionEndedForReuse, parameters)
    }
    /// How much may be paid was changed.
    public static let limitsChanged = NoticeContent(.limitsChanged)
    /// The keys by which the person's devices open notes were changed.
    public static let keyChanged = NoticeContent(.keyChanged)
    /// The keys of somebody were changed with whom the person shares notes.
    public static func peerKeyChanged(of name: String) -> NoticeContent {
        NoticeContent(
            .peerKeyChanged, [.counterparty: DisplayText.plain(name, maximumBytes: nameBytes)])
    }
    /// An e-mail address or telephone number was added or taken away.
    public static func contactChanged(_ contact: ContactPoint) -> NoticeContent {
        NoticeContent(.contactChanged, [.contact: contact.masked])
    }
    /// A copy of all that is kept of the person was handed out.
    public static let dataExported = NoticeContent(.dataExported)
    /// A statement can be fetched.
    ///
    /// - Parameter period: What it covers, such as `2026-10`.
    public static func statementReady(_ period: String) -> NoticeContent {
        NoticeContent(.statementReady, [.period: DisplayText.plain(period, maximumBytes: 32)])
    }

    /// The digits that show that the person reads what is sent there.
    public static func verification(_ digits: String, _ id: VerificationID) -> NoticeContent {
        NoticeContent(.verification, [.code: digits, .verification: id.description])
    }
    /// Somebody, perhaps the person, tried to register with a contact that is known.
    public static let alreadyRegistered = NoticeContent(.alreadyRegistered)
    /// Somebody asked for a new password for an address that nobody has.
    public static let notRegistered = NoticeContent(.notRegistered)
}

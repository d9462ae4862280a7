public import EventLog

/// What came of one attempt to send a notice to one target. Codes are short stable words of small letters, digits and
/// underscores; they are kept, so nothing personal is in them.
public enum DeliveryAnswer: Sendable, Equatable {
    /// The provider took it.
    case delivered
    /// It may be taken later.
    ///
    /// - Parameter afterSeconds: Not sooner than so many seconds from now, as the provider said; nil if it said nothing.
    case later(code: String, afterSeconds: Int64? = nil)
    /// It will never be taken.
    case refused(code: String)
    /// Nothing will ever be taken for this target.
    ///
    /// - Parameter since: When the provider learned of it; a target that was registered later is another one. nil if it
    ///   did not say.
    case gone(code: String, since: Timestamp? = nil)
}

/// Decides which refusals become entries of their own and which are only counted, so that whoever is refused without end
/// fills no log.
///
/// Refusals are alike if actor, act, cause and origin are the same. Of those that are alike the first few within a window
/// become entries; the others are counted, and one entry tells at the window's end how many there were. Beyond a number
/// of kinds in a window, further kinds are counted together. So a window has at most
/// `kinds × (each + 1) + 1` entries of strangers, and as many of those who are known, however many are refused.
///
/// A value without a clock or a database: times are the caller's.
public struct RefusalTally: Sendable {
    /// What is allowed within a window.
    public struct Limits: Sendable {
        /// Refusals that are alike and become entries of their own.
        public var each: Int
        /// Kinds of refusals that are told apart.
        public var kinds: Int

        /// - Parameters:
        ///   - each: how many that are alike become entries.
        ///   - kinds: how many kinds are told apart.
        public init(each: Int, kinds: Int) {
            precondition(each >= 1 && kinds >= 1, "a window tells of something")
            self.each = each
            self.kinds = kinds
        }
    }

    private struct Kind: Hashable {
        let actor: String
        let act: AuditAct
        let cause: String
        let origin: String

        init(_ record: AuditRecord) {
            actor = record.actor
            act = record.act
            cause = record.detail("cause") ?? ""
            origin = record.detail("origin") ?? ""
        }

        /// What tells how many more there were.
        func summary(_ count: Int) -> AuditRecord? {
            var details = [AuditDetail("cause", cause), AuditDetail("times", "\(count)")]
            if !origin.isEmpty { details.append(AuditDetail("origin", origin)) }
            return try? AuditRecord(
                actor: actor, act: act, outcome: .refused, details: details)
        }
    }

    private struct Window {
        /// How many of each kind there were.
        var counts: [Kind: Int] = [:]
        /// In the order in which they came first.
        var order: [Kind] = []
        /// Those of kinds beyond the limit.
        var others = 0
    }

    private let windowMicros: Int64
    private let strangers: Limits
    private let known: Limits
    private var startMicros: Int64?
    private var ofStrangers = Window()
    private var ofKnown = Window()

    /// - Parameters:
    ///   - windowSeconds: length of a window.
    ///   - strangers: for refusals of those who have not shown who they are.
    ///   - known: for refusals of those who have.
    public init(
        windowSeconds: Int64 = 60, strangers: Limits = Limits(each: 3, kinds: 64),
        known: Limits = Limits(each: 10, kinds: 512)
    ) {
        precondition(windowSeconds > 0, "a window has a length")
        windowMicros = windowSeconds * 1_000_000
        self.strangers = strangers
        self.known = known
    }

    /// Counts a refusal.
    ///
    /// - Parameters:
    ///   - record: with the details `cause` and, if it is known, `origin`.
    ///   - isKnown: whether whoever was refused had shown who they are.
    /// - Returns: What is to be written now: what an ended window leaves, and the record itself if it is not only counted.
    public mutating func count(
        _ record: AuditRecord, isKnown: Bool, atMicros now: Int64
    ) -> [AuditRecord] {
        var due = take(atMicros: now)
        if startMicros == nil { startMicros = now }
        let isWritten =
            isKnown
            ? Self.count(record, in: &ofKnown, known)
            : Self.count(record, in: &ofStrangers, strangers)
        if isWritten { due.append(record) }
        return due
    }

    /// What a window leaves to be told, if it has ended; it is then forgotten.
    ///
    /// - Parameter isLast: whether it ends now, whatever the time.
    public mutating func take(atMicros now: Int64, isLast: Bool = false) -> [AuditRecord] {
        guard let start = startMicros else { return [] }
        // A clock that went back ends a window, too.
        guard isLast || now >= start + windowMicros || now < start else { return [] }
        let due =
            Self.summaries(of: ofStrangers, strangers, named: "strangers")
            + Self.summaries(of: ofKnown, known, named: "known")
        startMicros = nil
        (ofStrangers, ofKnown) = (Window(), Window())
        return due
    }

    private static func count(
        _ record: AuditRecord, in window: inout Window, _ limits: Limits
    ) -> Bool {
        let kind = Kind(record)
        if let count = window.counts[kind] {
            window.counts[kind] = count + 1
            return count < limits.each
        }
        guard window.order.count < limits.kinds else {
            window.others += 1
            return false
        }
        window.counts[kind] = 1
        window.order.append(kind)
        return true
    }

    private static func summaries(
        of window: Window, _ limits: Limits, named who: String
    ) -> [AuditRecord] {
        var due = window.order.compactMap { kind -> AuditRecord? in
            let more = (window.counts[kind] ?? 0) - limits.each
            return more > 0 ? kind.summary(more) : nil
        }
        if window.others > 0,
            let record = try? AuditRecord(
                actor: "system", act: .refusalsCounted, outcome: .refused,
                details: [AuditDetail("of", who), AuditDetail("times", "\(window.others)")])
        {
            due.append(record)
        }
        return due
    }
}

extension AuditAct {
    /// Refusals of so many kinds that they were only counted.
    public static let refusalsCounted = AuditAct("refusals.counted")
}

public import EventLog

/// All versions of a price list. Each is in force from its own moment until the next version's.
public struct FeeBook: Sendable, Equatable {
    /// The versions, the first one first.
    public let schedules: [FeeSchedule]

    /// A book of schedules in any order. Refused with `version_order` unless higher versions take
    /// effect at later moments: history that a quote may have been made under is never replaced.
    public init(_ schedules: [FeeSchedule]) throws(FeeError) {
        let schedules = schedules.sorted { $0.version < $1.version }
        for (earlier, later) in zip(schedules, schedules.dropFirst()) {
            guard earlier.version < later.version else {
                throw FeeError(
                    .versionOrder, "there are two schedules of version \(later.version)")
            }
            guard earlier.validFrom < later.validFrom else {
                throw FeeError(
                    .versionOrder,
                    "version \(later.version) is valid from \(later.validFrom.rfc3339()): it must "
                        + "take effect after version \(earlier.version), which does at "
                        + earlier.validFrom.rfc3339())
            }
        }
        self.schedules = schedules
    }

    /// The book with one more version; refused as in ``init(_:)``.
    public func adding(_ schedule: FeeSchedule) throws(FeeError) -> FeeBook {
        try FeeBook(schedules + [schedule])
    }

    /// The schedule in force at a moment; nil before the first one.
    public func schedule(at moment: Timestamp) -> FeeSchedule? {
        schedules.last { $0.validFrom <= moment }
    }

    /// The schedule of a version; nil if there is none.
    public func schedule(version: Int64) -> FeeSchedule? {
        schedules.first { $0.version == version }
    }

    /// Who pays what for a payment made at a moment. Errors as of ``FeeSchedule/quote(_:)``, and
    /// `no_schedule` before the first version: that nothing is in force is not the same as that
    /// nothing is to pay.
    public func quote(_ payment: FeePayment, at moment: Timestamp) throws(FeeError) -> FeeQuote {
        guard let schedule = schedule(at: moment) else {
            let first = schedules.first.map { ": the first is from \($0.validFrom.rfc3339())" }
            throw FeeError(
                .noSchedule,
                "no schedule is in force at \(moment.rawValue) µs after 1970" + (first ?? ""))
        }
        return try schedule.quote(payment)
    }

    /// What two versions would have made of past payments. Refused with `unknown_version` if the
    /// book has not both.
    public func dryRun(
        _ payments: some Swift.Sequence<FeePayment>, from before: Int64, to after: Int64
    ) throws(FeeError) -> FeeDryRun {
        FeeDryRun(of: payments, from: try known(before), to: try known(after))
    }

    private func known(_ version: Int64) throws(FeeError) -> FeeSchedule {
        guard let schedule = schedule(version: version) else {
            let versions = schedules.map { String($0.version) }.joined(separator: ", ")
            throw FeeError(
                .unknownVersion, "there is no version \(version): the book has \(versions)")
        }
        return schedule
    }
}

/// The generic cell rate algorithm, as virtual scheduling (ITU-T I.371, annex A; ATM Forum TM 4.1, section 4.4.2).
///
/// All that it remembers of somebody is one moment: when all of their allowance will be back, if they ask no more. Each
/// request puts it off by one interval, and is refused where that would be more than a whole burst away.
struct CellRate: Sendable {
    let interval: Int64
    let burst: Int
    /// The whole allowance, in nanoseconds.
    private let depth: Int64

    init(_ allowance: Allowance) {
        interval = allowance.intervalNanoseconds
        burst = allowance.burst
        depth = interval * Int64(allowance.burst)
    }

    /// Judges a request.
    ///
    /// - Parameters:
    ///   - full: when all of the allowance is back; put off if the request is admitted, else left.
    ///   - now: the present moment, of the same clock.
    @inline(__always)
    func judge(_ full: inout Int64, at now: Int64) -> Standing {
        let owed = full <= now ? 0 : full - now
        let isAdmitted = owed <= depth - interval
        let after = isAdmitted ? owed + interval : owed
        if isAdmitted { full = now + after }
        let room = depth - after
        let remaining = max(0, room / interval)
        return Standing(
            isAdmitted: isAdmitted, remaining: Int(remaining),
            nextNanoseconds: after == 0 ? 0 : (remaining + 1) * interval - room)
    }
}

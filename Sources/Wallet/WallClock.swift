internal import Foundation
internal import EventLog

/// This machine's clock. Only for waiting and for new identifiers: what is recorded is PostgreSQL's time.
enum WallClock {
    static var now: Timestamp {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Timestamp(Int64(time.tv_sec) * 1_000_000 + Int64(time.tv_nsec) / 1_000)
    }

    static func newID() -> TransferID {
        var random = SystemRandomNumberGenerator()
        return TransferID(milliseconds: now.rawValue / 1_000, random: &random)
    }
}

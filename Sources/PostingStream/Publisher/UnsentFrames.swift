internal import EventLog

/// Welcomes and refusals that found their peer's queue full: kept to be sent again, since a peer says hello once and
/// then waits. One for each peer, the newest, and a bounded number in all.
struct UnsentFrames {
    typealias Peer = [UInt8]

    private struct Entry {
        var frame: Frame
        /// When it was to be sent first.
        var since: Timestamp
    }

    static let maximum = PublisherState.maximumSessions
    private var waiting: [Peer: Entry] = [:]
    /// What was taken to be sent again, and is kept anew if that failed.
    private var taken: [Peer: Entry] = [:]

    /// Keeps a frame that was not sent. Returns whether it does: not beyond the limit, nor if the peer has not read
    /// for so long that it is forgotten.
    mutating func keep(_ frame: Frame, for peer: Peer, at now: Timestamp) -> Bool {
        var entry = Entry(frame: frame, since: now)
        if let before = taken[peer], before.frame.session == frame.session {
            entry.since = before.since
        }
        let end = entry.since.adding(milliseconds: PublisherState.silenceMilliseconds)
        guard now <= end, waiting[peer] != nil || waiting.count < Self.maximum else {
            return false
        }
        waiting[peer] = entry
        return true
    }

    func isKept(for peer: Peer) -> Bool { waiting[peer] != nil }

    /// The peer is gone, or begins anew with another session.
    mutating func forget(_ peer: Peer, unlessOf session: UInt64? = nil) {
        if waiting[peer]?.frame.session != session { waiting[peer] = nil }
        if taken[peer]?.frame.session != session { taken[peer] = nil }
    }

    /// All that is kept, to be sent again now.
    mutating func take() -> [(peer: Peer, frame: Frame)] {
        taken = waiting
        waiting = [:]
        return taken.sorted { $0.key.lexicographicallyPrecedes($1.key) }
            .map { ($0.key, $0.value.frame) }
    }
}

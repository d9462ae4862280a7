internal import DequeModule
internal import EventLog

extension PublisherState {
    /// One hello of one peer, and what came of it.
    struct Session {
        var id: UInt64
        var hello: Hello
        var isOpen = false
        var place = Place.none
        /// An epoch may be opened for it, and counts against the allowance.
        var takesEpoch = false
        /// Sessions are numbered in the order of their hellos.
        var order: UInt64
        /// The first event that was not sent.
        var next: Sequence
        var consumed: Sequence
        /// The newest hello that came while this one was being looked up.
        var waiting: (id: UInt64, hello: Hello)?
        var isFetching = false
        var isStalled = false
        var fetched: Deque<StoredBatch> = []
        /// Last events of batches that were sent and not consumed.
        var underWay: Deque<Sequence> = []
        var heardAt: Timestamp
        var sentAt: Timestamp
        /// Of the newest decision.
        var decided = Sequence.zero
        /// Decisions about what is before the session's first event.
        var earlierDecisions = 0

        /// The decisions that can be meant: at most one for each event that was sent or was there before, in order.
        mutating func accept(_ decisions: [TransferDecision]) -> [TransferDecision] {
            decisions.filter { item in
                let sequence = item.decision.sequence
                guard sequence > decided, sequence < next else { return false }
                if sequence <= hello.sequence {
                    guard earlierDecisions < PublisherState.maximumEarlierDecisions else {
                        return false
                    }
                    earlierDecisions += 1
                }
                decided = sequence
                return true
            }
        }
    }

    /// What an engine may do.
    enum Place {
        /// It is no engine.
        case none
        /// It decides, or will when it is let in.
        case deciding
        /// Another engine decides; whether that one is still there is being found out.
        case contending
        /// It follows, and is called when the one that decides is gone.
        case standby
    }
}

extension Hello {
    /// The epoch that an engine had last; 0 if it had none, or for a reader.
    var engineEpoch: UInt32 {
        guard case .engine(let detail) = role else { return 0 }
        return detail.epoch
    }
}

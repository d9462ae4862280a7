internal import Cryptography
public import EventLog
public import PostingStream
internal import Synchronization

/// What an ``EngineService`` did since it started, for others to look at while it runs.
public final class EngineCounters: Sendable {
    /// What a challenger would have done of what was done.
    public struct Opinion: Hashable, Sendable {
        /// SHA-256 of the challenger's file, in hexadecimal digits; empty for all that came after too many others.
        public var challenger: String
        /// What was decided, rules and lists included.
        public var action: DecisionAction
        /// What the challenger's thresholds make of its score.
        public var challengerAction: DecisionAction
    }

    /// Challengers beyond these are counted together: none is ever forgotten.
    static let challengerLimit = 64

    private struct Shared {
        var names: [[UInt8]: String] = [:]
        var opinions: [Opinion: Int] = [:]

        mutating func name(_ challenger: [UInt8]) -> String {
            if let name = names[challenger] { return name }
            guard names.count < EngineCounters.challengerLimit else { return "" }
            let name = Hexadecimal.encode(challenger)
            names[challenger] = name
            return name
        }
    }
    private let shared = Mutex(Shared())
    private let position = Atomic<Int64>(0)
    private let deciding = Atomic<Bool>(false)
    private let subscriber: Subscriber

    init(_ subscriber: Subscriber) { self.subscriber = subscriber }

    /// What was wrong with the publisher's messages.
    public var stream: Subscriber.Statistics { subscriber.statistics }
    /// The last event that was consumed.
    public var sequence: Sequence { Sequence(position.load(ordering: .relaxed)) }
    /// Whether events are decided as they come: not during a replay, nor on standby.
    public var isDeciding: Bool { deciding.load(ordering: .relaxed) }
    /// Payments on which a challenger was heard, by what it said. One may be counted again after a reconnect.
    public var opinions: [Opinion: Int] { shared.withLock { $0.opinions } }

    func note(_ sequence: Sequence, isDeciding: Bool) {
        position.store(sequence.rawValue, ordering: .relaxed)
        deciding.store(isDeciding, ordering: .relaxed)
    }

    func count(_ scores: [ShadowScore]) {
        shared.withLock { shared in
            for score in scores {
                let opinion = Opinion(
                    challenger: shared.name(score.challenger), action: score.action,
                    challengerAction: score.challengerAction)
                shared.opinions[opinion, default: 0] += 1
            }
        }
    }
}

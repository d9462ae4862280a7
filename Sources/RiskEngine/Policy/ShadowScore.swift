public import EventLog

/// What a challenger would have said of a payment that the champion decided.
public struct ShadowScore: Sendable, Equatable {
    /// The payment.
    public var transfer: TransferID
    /// Sequence of its reserve event.
    public var sequence: Sequence
    /// SHA-256 of the challenger's file.
    public var challenger: [UInt8]
    /// The champion's calibrated probability of fraud.
    public var score: Double
    /// What was decided, rules and lists included.
    public var action: DecisionAction
    /// The challenger's calibrated probability of fraud.
    public var challengerScore: Double
    /// What its thresholds make of it.
    public var challengerAction: DecisionAction
}

extension Engine {
    /// More than these are not kept: the latest are left out.
    private static var maximumShadow: Int { 65_536 }

    /// What challengers said since the last call, in the order of the decisions. One may come again after a reconnect,
    /// as decisions do.
    public mutating func takeShadow() -> [ShadowScore] {
        guard !shadow.isEmpty else { return [] }
        let taken = shadow
        shadow.removeAll(keepingCapacity: true)
        return taken
    }

    /// Has the challenger score the tile's rows, of which the champion decided `actions`.
    mutating func challengeTile(_ decider: Decider, _ actions: [DecisionAction]) {
        guard let challenger = decider.challengerHash else { return }
        tile.withRows { rows, count, _ in
            decider.challenge(rows: rows, count: count) { place, probability, action in
                guard shadow.count < Self.maximumShadow else { return }
                let entry = tile.entries[place]
                shadow.append(
                    ShadowScore(
                        transfer: entry.transfer, sequence: Sequence(entry.sequence),
                        challenger: challenger, score: tile.probability(place),
                        action: actions[place], challengerScore: probability,
                        challengerAction: action))
            }
        }
    }
}

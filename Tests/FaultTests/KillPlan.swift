import SplitMix

/// What is killed, in which order and after which pauses: as a seed says, and every kind often enough.
struct KillPlan {
    enum Kind: CaseIterable {
        case wallet, engine, postgreSQL, supervisor

        /// How many of ten kills are of this kind.
        var share: Int {
            switch self {
            case .wallet, .engine: 3
            case .postgreSQL, .supervisor: 2
            }
        }
    }
    enum Step: Equatable {
        case kill(Kind)
        /// The engine does nothing for a second.
        case pauseEngine
    }

    /// Steps that follow each other at once, before the service is given time to recover.
    private(set) var bursts: [[(afterMilliseconds: Int, step: Step)]] = []
    let count: Int

    /// `count` kills, rounded up to tens, in bursts of five, each burst with a pause of the engine.
    init(count: Int, random: inout SplitMix64) {
        var kills: [Kind] = []
        while kills.count < count {
            kills += Kind.allCases.flatMap { Array(repeating: $0, count: $0.share) }
        }
        kills.shuffle(using: &random)
        self.count = kills.count
        for start in stride(from: 0, to: kills.count, by: 5) {
            var steps = kills[start..<min(start + 5, kills.count)].map(Step.kill)
            steps.insert(.pauseEngine, at: Int.random(in: 0...steps.count, using: &random))
            bursts.append(
                steps.map { (Int.random(in: 50...900, using: &random), $0) })
        }
    }
}

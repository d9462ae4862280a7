import Scoring
import Simulation
import TestSeed
import Testing

@testable import Training

@Suite struct ActionCostsTests {
    private static func cost(
        _ thresholds: Thresholds, _ scores: [Double], _ isFraud: [Bool], _ amounts: [Double],
        _ costs: ActionCosts
    ) -> Double {
        scores.indices.reduce(0) { sum, row in
            let cost = costs.ofActions(isFraud: isFraud[row], amount: amounts[row])
            let score = scores[row]
            if score >= thresholds.decline { return sum + cost.3 }
            if score >= thresholds.hold { return sum + cost.2 }
            return sum + (score >= thresholds.challenge ? cost.1 : cost.0)
        }
    }

    @Test func `no three thresholds cost less than those that are chosen`() throws {
        let seed = TestSeed.choose("action costs")
        var random = SeededRandom(seed: seed)
        for _ in 0..<200 {
            let count = 1 + Int(random.next() % 12)
            // Few different scores: ties are treated alike.
            let scores = (0..<count).map { _ in Double(1 + random.next() % 9) / 10 }
            let isFraud = (0..<count).map { _ in random.next() % 3 == 0 }
            let amounts = (0..<count).map { _ in Double(random.next() % 100) }
            let costs = ActionCosts(
                challenge: Double(random.next() % 4), hold: Double(random.next() % 12),
                decline: Double(random.next() % 40), passing: Double(random.next() % 5) / 4)
            let chosen = try AlertThresholds.choose(
                scores, isFraud: isFraud, amounts: amounts, costs: costs)
            let least = Self.cost(chosen, scores, isFraud, amounts, costs)
            let places = scores + [1]
            for challenge in places {
                for hold in places where hold >= challenge {
                    for decline in places where decline >= hold {
                        let other = try #require(
                            Thresholds(challenge: challenge, hold: hold, decline: decline))
                        let cost = Self.cost(other, scores, isFraud, amounts, costs)
                        #expect(least <= cost + 1e-9, "seed \(seed)")
                    }
                }
            }
        }
    }

    @Test func `where no action pays, nothing is stopped`() throws {
        let thresholds = try AlertThresholds.choose(
            [0.9, 0.5, 0.1], isFraud: [true, false, false], amounts: [3, 10, 10],
            costs: ActionCosts(challenge: 50, hold: 50, decline: 50, passing: 1))
        // Declining the one fraud alone costs nothing.
        #expect(thresholds.decline == 0.9)
        #expect(thresholds.challenge == 0.9)
        let honest = try AlertThresholds.choose(
            [0.9, 0.5], isFraud: [false, false], amounts: [3, 10],
            costs: ActionCosts(challenge: 1, hold: 1, decline: 1))
        #expect(honest == Thresholds(challenge: 1, hold: 1, decline: 1))
    }
}

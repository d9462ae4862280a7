public import EventLog

/// The population as it pays now, at whatever rate payments are asked for. Campaigns of fraud are
/// played fast, and often enough that a few percent of the payments are suspicious; each payment's
/// place, device and amount are what they would be in everyday life.
///
/// People join as time goes, one for every few payments, so that nobody pays much faster than
/// people do. An account may be opened when it is first named. Once all have joined, payments per
/// person and hour grow with the rate: `people` of at least 1,000 times the payments per second
/// keeps the pace that the shipped model has seen.
public struct LivePopulation: Sendable {
    private var population: Population
    private let fraudShare: Double
    private let pace: Double
    private var drawn = 0

    /// People who are there from the start, and payments for each who joins.
    private static let firstPeople = 150
    private static let paymentsPerJoining = 5

    /// - Parameters:
    ///   - merchants: nil for one to eight people, at most 2,000.
    ///   - fraudShare: share of fraudulent payments, about.
    ///   - pace: what the delays within a campaign are divided by.
    public init(
        seed: UInt64, people: Int, merchants: Int? = nil, fraudShare: Double = 0.02,
        pace: Double = 30
    ) {
        population = Population(seed: seed, people: people, merchants: merchants)
        self.fraudShare = fraudShare
        self.pace = pace
    }

    /// Every account that may ever be named.
    public var accountsToOpen: [SimulatedAccount] { population.accounts }

    /// People 0 ..< joinedCount pay by now.
    public var joinedCount: Int {
        min(population.peopleCount, Self.firstPeople + drawn / Self.paymentsPerJoining)
    }

    /// The next payment, which happens now. Moments must not go back.
    public mutating func next(at now: Timestamp) -> SimulatedPayment {
        if let step = population.agenda.takeDue(by: now) {
            return population.plannedPayment(step, at: now)
        }
        drawn += 1
        let joined = joinedCount
        let plan = Population.Plan(begin: now, pace: pace, people: 0..<joined)
        if population.random.chance(fraudShare / Population.campaignLength) {
            population.beginCampaign(plan)
        }
        if population.random.chance(
            SimulatedHistory.occasionShare / Population.occasionLength)
        {
            population.beginOccasion(plan)
        }
        return population.honestPayment(of: population.random.below(joined), at: now)
    }

    /// Incomes to be paid in, in order, before the payments drawn since the last call are made.
    public mutating func takeTopUps() -> [TopUp] { population.takeTopUps() }
}

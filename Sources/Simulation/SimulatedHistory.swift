public import EventLog

/// The population's payments over some days, in time order: everyday life, and a rush every few
/// days, in which new people join and pay every minute or so as they do in ``LivePopulation``.
/// Accounts join over the days, as customers do.
public struct SimulatedHistory: IteratorProtocol, Sendable {
    /// What a history is made of.
    public struct Options: Sendable, Equatable {
        /// Of all random choices: equal options give equal histories.
        public var seed: UInt64
        /// How many people there are.
        public var people: Int
        /// How many merchants there are; nil for a number that fits the people.
        public var merchants: Int?
        /// Length of the history, in days.
        public var days: Int
        /// Midnight UTC of the first day.
        public var start: Timestamp
        /// Share of fraudulent payments, about.
        public var fraudShare: Double
        /// Share of the people who pay in one rush only; 0 for none.
        public var rushShare: Double

        /// Options with what is usual for all that is not given.
        public init(
            seed: UInt64, people: Int, merchants: Int? = nil, days: Int,
            start: Timestamp = Timestamp(1_735_689_600_000_000), fraudShare: Double = 0.007,
            rushShare: Double = 0.5
        ) {
            self.seed = seed
            self.people = people
            self.merchants = merchants
            self.days = days
            self.start = start
            self.fraudShare = fraudShare
            self.rushShare = rushShare
        }
    }

    /// What the history is made of.
    public let options: Options
    /// Who pays whom, and from where.
    public private(set) var population: Population
    /// People below pay in everyday life, the others in a rush.
    private let everydayPeople: Int
    /// The day of each everyday person's first payment, ascending.
    private let joined: [Int]
    private var day = 0
    /// What is to happen today, the earliest last.
    private var agenda: [Appointment] = []

    private enum Deed: Sendable {
        case pay(Int)
        case beginCampaign(pace: Double, people: Range<Int>)
        case beginOccasion(pace: Double, people: Range<Int>)
    }

    private struct Appointment: Sendable {
        var time: Timestamp
        var deed: Deed
    }

    private static let day: Int64 = 86_400
    private static let rushPace = 30.0
    /// Days from one rush to the next.
    private static let rushPeriod = 4
    /// Fraud in a rush against that of everyday life.
    private static let rushFraud = 2.0
    /// Share of payments that belong to an occasion of honest life, about.
    static let occasionShare = 0.045
    /// What people pay more often in the days after their payday.
    private static let paydayFactor = 1.6

    /// A history that begins with its first payment.
    public init(_ options: Options) {
        self.options = options
        population = Population(
            seed: options.seed, people: options.people, merchants: options.merchants)
        var random = SeededRandom(seed: options.seed, stream: 2)
        everydayPeople = max(
            1, options.people - Int(Double(options.people) * options.rushShare))
        let days = (0..<everydayPeople).map { _ in
            random.chance(0.6) || options.days < 2 ? 0 : random.below(options.days)
        }
        joined = days.sorted()
    }

    /// The next payment in the order of time; nil at the end.
    public mutating func next() -> SimulatedPayment? {
        while true {
            if agenda.isEmpty {
                guard day < options.days else { return nil }
                planDay()
                day += 1
                continue
            }
            let now = agenda[agenda.count - 1].time
            if let step = population.agenda.takeDue(by: now) {
                return population.plannedPayment(step, at: step.due)
            }
            let appointment = agenda.removeLast()
            switch appointment.deed {
            case .pay(let person): return population.honestPayment(of: person, at: now)
            case .beginCampaign(let pace, let people):
                population.beginCampaign(Population.Plan(begin: now, pace: pace, people: people))
            case .beginOccasion(let pace, let people):
                population.beginOccasion(Population.Plan(begin: now, pace: pace, people: people))
            }
        }
    }

    private mutating func planDay() {
        let midnight = options.start.adding(seconds: Int64(day) * Self.day)
        var plan: [Appointment] = []
        var random = SeededRandom(seed: options.seed, stream: 1_000 + UInt64(day))
        let customers = joined.firstIndex { $0 > day } ?? everydayPeople
        for person in 0..<customers {
            let sincePayday = (day + 30 - population.people[person].payday) % 30
            let factor = sincePayday < 3 ? Self.paydayFactor : 1
            for _ in 0..<Self.poisson(population.people[person].rate * factor, &random) {
                let second = Self.second(of: population.people[person], &random)
                plan.append(
                    Appointment(
                        time: midnight.adding(milliseconds: Int64(second * 1_000)),
                        deed: .pay(person)))
            }
        }
        if customers > 0 {
            planAhead(
                count: Double(plan.count), fraud: 1, within: midnight, seconds: Double(Self.day),
                pace: 1, people: 0..<customers, &plan, &random)
        }
        planRush(from: midnight, &plan, &random)
        // Equal times keep the order in which they were planned.
        let order = plan.indices.sorted {
            plan[$0].time == plan[$1].time ? $0 > $1 : plan[$1].time < plan[$0].time
        }
        agenda = order.map { plan[$0] }
    }

    /// A cohort of new people, joining one after another, pays a few times to many times each; the
    /// rate differs from rush to rush.
    private func planRush(
        from midnight: Timestamp, _ plan: inout [Appointment], _ random: inout SeededRandom
    ) {
        let rushDay = min(Self.rushPeriod / 2, options.days - 1)
        guard day % Self.rushPeriod == rushDay else { return }
        let rushes = (options.days - 1 - rushDay) / Self.rushPeriod + 1
        let size = (options.people - everydayPeople) / rushes
        guard size > 0 else { return }
        let first = everydayPeople + day / Self.rushPeriod * size
        let perPerson = random.logNormal(median: 9, sigma: 0.6)
        let count = Int(Double(size) * perPerson)
        let perSecond = random.logNormal(median: 20, sigma: 0.6)
        let start = midnight.adding(seconds: Int64(random.below(80_000)))
        for index in 0..<count {
            let joined = Double(size) * (0.15 + 0.85 * Double(index) / Double(count))
            let person = first + random.below(max(1, Int(joined)))
            let second = (Double(index) + random.uniform()) / perSecond
            plan.append(
                Appointment(
                    time: start.adding(milliseconds: Int64(second * 1_000)), deed: .pay(person)))
        }
        planAhead(
            count: Double(count), fraud: Self.rushFraud, within: start,
            seconds: Double(count) / perSecond, pace: Self.rushPace,
            people: first..<first + size, &plan, &random)
    }

    /// Campaigns of fraud and honest occasions that go with so many payments, `fraud` times as much fraud as usual.
    private func planAhead(
        count: Double, fraud: Double, within start: Timestamp, seconds: Double, pace: Double,
        people: Range<Int>, _ plan: inout [Appointment], _ random: inout SeededRandom
    ) {
        func add(_ mean: Double, _ deed: Deed) {
            for _ in 0..<Self.poisson(mean, &random) {
                plan.append(
                    Appointment(
                        time: start.adding(milliseconds: Int64(random.uniform() * seconds * 1_000)),
                        deed: deed))
            }
        }
        add(
            count * fraud * options.fraudShare / Population.campaignLength,
            .beginCampaign(pace: pace, people: people))
        add(
            count * Self.occasionShare / Population.occasionLength,
            .beginOccasion(pace: pace, people: people))
    }

    /// Second of the UTC day at which a person pays, by their habit in solar time at home.
    private static func second(of person: Person, _ random: inout SeededRandom) -> Double {
        let hour =
            random.chance(0.06)
            ? random.uniform(0, 24) : person.hour + person.hourSpread * random.normal()
        let utc = (hour - person.home.longitude / 15).truncatingRemainder(dividingBy: 24)
        return (utc < 0 ? utc + 24 : utc) * 3_600
    }

    /// Poisson deviate, by counting exponential gaps.
    private static func poisson(_ mean: Double, _ random: inout SeededRandom) -> Int {
        guard mean > 0 else { return 0 }
        var count = 0
        var left = mean - random.exponential(mean: 1)
        while left > 0 {
            count += 1
            left -= random.exponential(mean: 1)
        }
        return count
    }
}

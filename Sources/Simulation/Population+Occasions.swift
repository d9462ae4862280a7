internal import EventLog

/// Occasions at which honest people pay as fraudsters do: each kind of fraud has its innocent twin, several times as
/// frequent.
extension Population {
    /// Payments per occasion, on average.
    static let occasionLength = 5.5

    private enum Occasion: CaseIterable {
        case spree, game, festival, nightOut, collection, largeSum, meter, newPhone
    }

    /// Plans an occasion.
    mutating func beginOccasion(_ plan: Plan) {
        let kinds = Occasion.allCases
        switch kinds[random.index(weights: [5, 2.2, 1.1, 4, 2.2, 5, 1.8, 3.5])] {
        case .spree: planSpree(plan)
        case .game: planGame(plan)
        case .festival: planFestival(plan)
        case .nightOut: planNightOut(plan)
        case .collection: planCollection(plan)
        case .largeSum: planLargeSum(plan)
        case .meter: planMeter(plan)
        case .newPhone: planNewPhone(plan)
        }
    }

    /// Presents, furniture, a holiday: large purchases over the network, one after another.
    private mutating func planSpree(_ plan: Plan) {
        let person = somebody(among: plan.people)
        var due = habitualMoment(of: person, plan)
        for _ in 0..<(2 + random.below(5)) {
            agenda.schedule(
                PlannedPayment(
                    due: due, payer: person,
                    payee: random.chance(0.2) ? knownShop(of: person) : onlineShop(),
                    amount: .timesPrice(random.logNormal(median: 1.7, sigma: 0.6))))
            due = plan.later(due, random.logNormal(median: 500, sigma: 1))
        }
    }

    /// Many small sums for a game, or for tickets and toppings that are paid one by one.
    private mutating func planGame(_ plan: Plan) {
        let person = somebody(among: plan.people)
        let shop = onlineShop()
        var due = habitualMoment(of: person, plan)
        for _ in 0..<(4 + random.below(10)) {
            agenda.schedule(
                PlannedPayment(
                    due: due, payer: person, payee: shop,
                    amount: .major(random.logNormal(median: 3.2, sigma: 0.7))))
            due = plan.later(due, random.logNormal(median: 90, sigma: 1.2))
        }
    }

    /// Many people pay little at one stand, some of them over its own terminal.
    private mutating func planFestival(_ plan: Plan) {
        let first = somebody(among: plan.people)
        let shop = localShop(of: first)
        let place = merchants[shop - peopleCount].place
        let terminal = Disguise(
            device: Identifier.device(&random), address: Identifier.address(&random),
            whereabouts: random.chance(0.4) ? .hidden : .at(place))
        var due = nextHour(random.uniform(11, 23), of: first, plan)
        for _ in 0..<(8 + random.below(14)) {
            let person = random.chance(0.2) ? first : somebody(among: plan.people)
            agenda.schedule(
                PlannedPayment(
                    due: due, payer: person, payee: shop,
                    amount: .major(random.logNormal(median: 6, sigma: 0.7)),
                    disguise: random.chance(0.7) ? terminal : nil))
            due = plan.later(due, random.logNormal(median: 120, sigma: 1.2))
        }
    }

    private mutating func planNightOut(_ plan: Plan) {
        let person = somebody(among: plan.people)
        var due = nextHour(random.uniform(18, 25), of: person, plan)
        for _ in 0..<(3 + random.below(5)) {
            agenda.schedule(
                PlannedPayment(
                    due: due, payer: person, payee: localShop(of: person),
                    amount: .major(random.logNormal(median: 18, sigma: 0.8))))
            due = plan.later(due, random.logNormal(median: 1_800, sigma: 0.7))
        }
    }

    /// Several people send one person money, for a present, a journey, a team; that person spends it.
    private mutating func planCollection(_ plan: Plan) {
        let treasurer = somebody(among: plan.people)
        let share = random.logNormal(median: 45, sigma: 1)
        var due = plan.begin
        for _ in 0..<(3 + random.below(7)) {
            let person = somebody(among: plan.people)
            guard person != treasurer else { continue }
            agenda.schedule(
                PlannedPayment(
                    due: habitualMoment(
                        of: person, Plan(begin: due, pace: plan.pace, people: plan.people)),
                    payer: person, payee: treasurer,
                    amount: .major(share * random.logNormal(median: 1, sigma: 0.3))))
            due = plan.later(due, random.logNormal(median: 5_000, sigma: 1))
        }
        let payee = random.chance(0.5) ? onlineShop() : seller(otherThan: treasurer)
        agenda.schedule(
            PlannedPayment(
                due: plan.later(due, random.uniform(20_000, 90_000)), payer: treasurer,
                payee: payee, amount: .share(random.uniform(0.2, 0.9))))
    }

    /// Rent, a deposit, a car, savings moved elsewhere: much of what there is, often to somebody new.
    private mutating func planLargeSum(_ plan: Plan) {
        let person = somebody(among: plan.people)
        let payee = random.chance(0.3) ? friend(of: person) : seller(otherThan: person)
        var due = habitualMoment(of: person, plan)
        for _ in 0..<(random.chance(0.6) ? 1 : 2 + random.below(2)) {
            agenda.schedule(
                PlannedPayment(
                    due: due, payer: person, payee: payee,
                    amount: random.chance(0.6)
                        ? .share(random.uniform(0.1, 0.9))
                        : .major(random.logNormal(median: 220, sigma: 0.9))))
            due = plan.later(due, random.logNormal(median: 900, sigma: 1.2))
        }
    }

    /// Parking that is prolonged, a pass for the day: about the same sum again and again, as far apart as windows are
    /// long.
    private mutating func planMeter(_ plan: Plan) {
        let person = somebody(among: plan.people)
        let shop = random.chance(0.5) ? knownShop(of: person) : onlineShop()
        let price = random.logNormal(median: 14, sigma: 1)
        let seconds = windowLength(plan)
        var due = habitualMoment(of: person, plan)
        for _ in 0..<(3 + random.below(6)) {
            agenda.schedule(
                PlannedPayment(
                    due: due, payer: person, payee: shop,
                    amount: .major(price * random.logNormal(median: 1, sigma: 0.15))))
            due = due.adding(milliseconds: Int64(seconds * random.uniform(1, 1.25) * 1_000))
        }
    }

    /// A phone is lost or replaced: somebody else's serves for a time, then there is a new one, with which things are
    /// bought.
    private mutating func planNewPhone(_ plan: Plan) {
        let person = somebody(among: plan.people)
        let begin = habitualMoment(of: person, plan)
        var due = begin
        if random.chance(0.45) {
            let lent = people[friend(of: person)].devices[0]
            due = plan.later(due, random.uniform(20_000, 250_000))
            people[person].borrowed = (lent, begin, due)
            if random.chance(0.6) { people[person].instruments[0] = Identifier.instrument(&random) }
        }
        people[person].renewal = (Identifier.device(&random), due)
        for _ in 0..<(2 + random.below(4)) {
            agenda.schedule(
                PlannedPayment(
                    due: due, payer: person,
                    payee: random.chance(0.35) ? seller(otherThan: person) : onlineShop(),
                    amount: random.chance(0.3)
                        ? .major(random.logNormal(median: 110, sigma: 0.9))
                        : .timesPrice(random.logNormal(median: 1.2, sigma: 0.6))))
            due = plan.later(due, random.logNormal(median: 2_500, sigma: 1.3))
        }
    }

    /// One that windows have; where time is pressed together, one of the short ones.
    mutating func windowLength(_ plan: Plan) -> Double {
        let lengths: [Double] = plan.pace > 1 ? [60, 600] : [600, 3_600, 3_600, 86_400]
        return lengths[random.below(lengths.count)]
    }

    /// Somebody who sells to many; not always the same few.
    mutating func seller(otherThan person: Int) -> Int {
        if random.chance(0.55) {
            let seller = sellers[random.below(sellers.count)]
            if seller != person { return seller }
        }
        return Self.other(than: person, of: peopleCount, &random)
    }

    mutating func friend(of person: Int) -> Int {
        people[person].friends[random.below(people[person].friends.count)]
    }
}

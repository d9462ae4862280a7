internal import EventLog

/// Fraud campaigns. No kind is told by one trait: a fraudster may sit near, use the victim's own phone, pay usual
/// amounts to shops that the victim knows, and wait; and honest people do at their occasions what fraudsters do.
extension Population {
    /// Payments per campaign, on average.
    static let campaignLength = 5.5

    /// Plans a campaign.
    mutating func beginCampaign(_ plan: Plan) {
        let kinds = FraudKind.allCases
        switch kinds[random.index(weights: [5.2, 5.2, 0.78, 1.6, 3.6, 1, 0.75])] {
        case .stolenCard: planStolenCard(plan)
        case .accountTakeover: planTakeover(plan)
        case .cardTesting: planCardTesting(plan)
        case .mule: planMule(plan)
        case .friendly: planFriendly(plan)
        case .windowPacing: planWindowPacing(plan)
        case .compromisedMerchant: planCompromisedMerchant(plan)
        }
    }

    /// What a fraudster shows who pays in a victim's name.
    private mutating func disguise(for victim: Int) -> Disguise {
        let usesOwn = random.chance(0.12)
        let device: String? =
            usesOwn
            ? nil
            : random.chance(0.55) ? fraudsters.device(&random) : Identifier.device(&random)
        let roll = random.uniform()
        let exit = exits[random.below(exits.count)]
        var address: String?
        if roll < 0.3 {
            address = exit.addresses[random.below(exit.addresses.count)]
        } else if roll < 0.42 {
            let carrier = carrierAddresses[people[victim].city]
            address = carrier[random.below(carrier.count)]
        } else if roll < 0.7 || !usesOwn {
            address = fraudsters.address(&random)
        }
        let seen = random.uniform()
        let whereabouts: Disguise.Whereabouts =
            if seen < 0.34 {
                .at(somewhere())
            } else if seen < 0.48 {
                .at(Place.cities[exit.city])
            } else if seen < 0.7 {
                .at(people[victim].home.near(spreadKm: 7, &random))
            } else if seen < 0.84 {
                .hidden
            } else {
                .payers
            }
        return Disguise(device: device, address: address, whereabouts: whereabouts)
    }

    mutating func somewhere() -> Place {
        Place.cities[random.below(Place.cities.count)].near(spreadKm: 10, &random)
    }

    /// When a fraud begins: some fraudsters keep the victim's hours.
    private mutating func moment(for victim: Int, _ plan: Plan) -> Timestamp {
        random.chance(0.55) ? habitualMoment(of: victim, plan) : plan.begin
    }

    private mutating func planStolenCard(_ plan: Plan) {
        let victim = somebody(among: plan.people)
        let disguise = disguise(for: victim)
        let isPatient = random.chance(0.25)
        let isModest = random.chance(0.3)
        var due = moment(for: victim, plan)
        for index in 0..<(2 + random.below(7)) {
            let isProbe = index == 0 && random.chance(0.35)
            let payee = random.chance(0.15) ? localShop(of: victim) : onlineShop()
            let factor = random.logNormal(median: isModest ? 1 : 3, sigma: 0.6)
            agenda.schedule(
                PlannedPayment(
                    due: due, fraud: .stolenCard, payer: victim, payee: payee,
                    amount: isProbe
                        ? .major(random.logNormal(median: 4, sigma: 0.7)) : .timesPrice(factor),
                    disguise: disguise))
            due = plan.later(
                due, random.logNormal(median: isPatient ? 30_000 : 600, sigma: 1.1))
        }
    }

    private mutating func planTakeover(_ plan: Plan) {
        let victim = somebody(among: plan.people)
        let disguise = disguise(for: victim)
        var due = moment(for: victim, plan)
        if random.chance(0.35) {
            // Something small first, so that the phone is known when it counts.
            agenda.schedule(
                PlannedPayment(
                    due: due, fraud: .accountTakeover, payer: victim,
                    payee: knownShop(of: victim), amount: .timesPrice(random.uniform(0.4, 1.2)),
                    disguise: disguise))
            due = plan.later(due, random.logNormal(median: 130_000, sigma: 0.6))
        }
        let isModest = random.chance(0.25)
        for _ in 0..<(2 + random.below(4)) {
            let roll = random.uniform()
            let mule = fraudsters.mule(among: plan.people, &random)
            let payee =
                roll < 0.7 ? mule : roll < 0.8 ? friend(of: victim) : onlineShop()
            if payee != victim {
                let amount: PlannedPayment.Amount =
                    if isModest {
                        .major(random.logNormal(median: 45, sigma: 0.8))
                    } else if payee < peopleCount {
                        .share(random.uniform(0.1, 0.8))
                    } else {
                        .timesPrice(random.logNormal(median: 2.5, sigma: 0.6))
                    }
                agenda.schedule(
                    PlannedPayment(
                        due: due, fraud: .accountTakeover, payer: victim, payee: payee,
                        amount: amount, disguise: disguise))
            }
            due = plan.later(due, random.logNormal(median: 1_200, sigma: 1.3))
        }
    }

    private mutating func planCardTesting(_ plan: Plan) {
        let tested = (0..<(1 + random.below(3))).map { _ in onlineShop() }
        var due = plan.begin
        var shown: Disguise?
        for _ in 0..<(10 + random.below(16)) {
            let victim = somebody(among: plan.people)
            if shown == nil || random.chance(0.25) { shown = disguise(for: victim) }
            // A tester has the card's data, never the victim's phone.
            if shown?.device == nil { shown?.device = fraudsters.device(&random) }
            agenda.schedule(
                PlannedPayment(
                    due: due, fraud: .cardTesting, payer: victim,
                    payee: tested[random.below(tested.count)],
                    amount: .major(random.logNormal(median: 3.5, sigma: 0.8)), disguise: shown))
            if random.chance(0.15) {
                agenda.schedule(
                    PlannedPayment(
                        due: plan.later(due, random.logNormal(median: 20_000, sigma: 1.3)),
                        fraud: .cardTesting, payer: victim, payee: onlineShop(),
                        amount: .timesPrice(random.logNormal(median: 1.7, sigma: 0.6)),
                        disguise: disguise(for: victim)))
            }
            due = plan.later(due, random.logNormal(median: 70, sigma: 1.3))
        }
    }

    /// Victims are talked into paying with their own means; the mule passes the money on.
    private mutating func planMule(_ plan: Plan) {
        let mule = fraudsters.mule(among: plan.people, &random)
        var due = plan.begin
        for _ in 0..<(5 + random.below(9)) {
            let victim = somebody(among: plan.people)
            guard victim != mule else { continue }
            let amount: PlannedPayment.Amount =
                random.chance(0.5)
                ? .share(random.uniform(0.15, 0.9))
                : .major(random.logNormal(median: 260, sigma: 0.9))
            agenda.schedule(
                PlannedPayment(
                    due: habitualMoment(
                        of: victim, Plan(begin: due, pace: plan.pace, people: plan.people)),
                    fraud: .mule, payer: victim, payee: mule, amount: amount))
            due = plan.later(due, random.logNormal(median: 9_000, sigma: 1))
        }
        let next = random.chance(0.6) ? fraudsters.mule(among: plan.people, &random) : onlineShop()
        guard next != mule else { return }
        agenda.schedule(
            PlannedPayment(
                due: plan.later(due, random.uniform(20_000, 90_000)), fraud: .mule, payer: mule,
                payee: next, amount: .share(random.uniform(0.3, 0.95))))
    }

    /// The payer buys what they would buy anyway, and says later that it was not them.
    private mutating func planFriendly(_ plan: Plan) {
        var person = somebody(among: plan.people)
        let inclined = disputers.filter { plan.people.contains($0) }
        if !inclined.isEmpty, random.chance(0.8) { person = inclined[random.below(inclined.count)] }
        var due = habitualMoment(of: person, plan)
        for _ in 0..<(1 + random.below(4)) {
            agenda.schedule(
                PlannedPayment(
                    due: due, fraud: .friendly, payer: person,
                    payee: random.chance(0.4) ? knownShop(of: person) : onlineShop(),
                    amount: .timesPrice(random.logNormal(median: 1.5, sigma: 0.5))))
            due = plan.later(due, random.logNormal(median: 100_000, sigma: 1.2))
        }
    }

    /// One payment just after another would have left a window, so that no window holds two.
    private mutating func planWindowPacing(_ plan: Plan) {
        let victim = somebody(among: plan.people)
        let disguise = disguise(for: victim)
        let seconds = windowLength(plan)
        let price = random.logNormal(median: 70, sigma: 0.6)
        let shop = onlineShop()
        var due = moment(for: victim, plan)
        for _ in 0..<(4 + random.below(6)) {
            agenda.schedule(
                PlannedPayment(
                    due: due, fraud: .windowPacing, payer: victim,
                    payee: random.chance(0.7) ? shop : onlineShop(),
                    amount: .major(price * random.logNormal(median: 1, sigma: 0.25)),
                    disguise: disguise))
            due = due.adding(milliseconds: Int64(seconds * random.uniform(1.005, 1.12) * 1_000))
        }
    }

    /// Somebody sits in a merchant's till and charges its customers once more, at usual prices, for some days.
    private mutating func planCompromisedMerchant(_ plan: Plan) {
        let first = somebody(among: plan.people)
        let shop = random.chance(0.5) ? localShop(of: first) : onlineShop()
        let merchant = shop - peopleCount
        let isInPerson = merchants[merchant].city != nil
        var due = plan.begin
        for _ in 0..<(5 + random.below(14)) {
            var victim = somebody(among: plan.people)
            for _ in 0..<60 where !people[victim].merchants.contains(merchant) {
                victim = plan.people.lowerBound + random.below(plan.people.count)
            }
            let time = random.chance(0.6)
            agenda.schedule(
                PlannedPayment(
                    due: time
                        ? habitualMoment(
                            of: victim, Plan(begin: due, pace: plan.pace, people: plan.people))
                        : due,
                    fraud: .compromisedMerchant, payer: victim, payee: shop,
                    amount: .timesPrice(random.logNormal(median: 1.3, sigma: 0.4)),
                    disguise: isInPerson || random.chance(0.6) ? nil : disguise(for: victim)))
            due = plan.later(due, random.logNormal(median: 8_000, sigma: 1.1))
        }
    }
}

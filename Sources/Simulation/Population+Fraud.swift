internal import EventLog

/// Fraud campaigns. Each kind shares every trait with honest payments, so that none is told by one
/// trait alone: people travel, buy new phones, empty their accounts; fraudsters fake places and use
/// the victim's own phone.
extension Population {
    /// Payments per campaign, on average.
    static let campaignLength = 5.0

    /// Plans a campaign that begins now, against some of the people. Delays between its steps are
    /// divided by `pace`.
    mutating func beginCampaign(at now: Timestamp, pace: Double, victims: Range<Int>) {
        let kinds = FraudKind.allCases
        switch kinds[random.index(weights: [0.38, 0.3, 0.06, 0.26])] {
        case .stolenCard: planStolenCard(at: now, pace: pace, victims)
        case .accountTakeover: planTakeover(at: now, pace: pace, victims)
        case .cardTesting: planCardTesting(at: now, pace: pace, victims)
        case .mule: planMule(at: now, pace: pace, victims)
        }
    }

    /// The payment of a step that is due.
    mutating func fraudulentPayment(_ step: FraudStep, at now: Timestamp) -> SimulatedPayment {
        var payment = blank(payer: step.payer, at: now)
        if step.payee >= peopleCount {
            pay(step.payee - peopleCount, &payment)
        } else {
            payment.payee = step.payee
        }
        let priced = payment.amountMinor
        payment.amountMinor =
            switch step.amount {
            case .major(let amount): Int64(amount * 100)
            case .share(let share): Int64(Double(people[step.payer].available) * share)
            case .timesPrice(let factor): Int64(Double(priced) * factor)
            }
        if let device = step.device { payment.device = device }
        if let address = step.address { payment.address = address }
        payment.place = step.hidesPlace ? nil : step.place ?? people[step.payer].position
        payment.initiatedAt = now.adding(seconds: -Int64(3 + random.below(60)))
        payment.fraud = step.kind
        return settle(payment)
    }

    private func later(_ time: Timestamp, _ seconds: Double, _ pace: Double) -> Timestamp {
        time.adding(milliseconds: Int64(seconds * 1_000 / pace))
    }

    private mutating func farPlace() -> Place {
        Place.cities[random.below(Place.cities.count)].near(spreadKm: 10, &random)
    }

    private mutating func planStolenCard(
        at now: Timestamp, pace: Double, _ victims: Range<Int>
    ) {
        let victim = victims.lowerBound + random.below(victims.count)
        let usesOwnDevice = random.chance(0.25)
        let device = fraudsters.device(&random)
        let address = fraudsters.address(&random)
        let roll = random.uniform()
        let place = roll < 0.45 ? farPlace() : people[victim].home.near(spreadKm: 12, &random)
        var due = now
        for index in 0..<(2 + random.below(5)) {
            let isProbe = index == 0 && random.chance(0.5)
            let payee = peopleCount + Self.popular(onlineShops, &random)
            fraudsters.schedule(
                FraudStep(
                    due: due, kind: .stolenCard, payer: victim, payee: payee,
                    amount: isProbe
                        ? .major(random.uniform(1, 6)) : .timesPrice(random.uniform(1.2, 6)),
                    device: usesOwnDevice ? nil : device,
                    address: usesOwnDevice && random.chance(0.5) ? nil : address, place: place,
                    hidesPlace: roll > 0.75))
            due = later(due, random.uniform(40, 1_500), pace)
        }
    }

    private mutating func planTakeover(
        at now: Timestamp, pace: Double, _ victims: Range<Int>
    ) {
        let victim = victims.lowerBound + random.below(victims.count)
        let device = random.chance(0.85) ? fraudsters.device(&random) : nil
        let address = fraudsters.address(&random)
        let place =
            random.chance(0.55) ? farPlace() : people[victim].home.near(spreadKm: 3, &random)
        var due = now
        for _ in 0..<(1 + random.below(3)) {
            let mule = mules[random.below(mules.count)]
            guard mule != victim else { continue }
            fraudsters.schedule(
                FraudStep(
                    due: due, kind: .accountTakeover, payer: victim, payee: mule,
                    amount: .share(random.uniform(0.2, 0.9)), device: device, address: address,
                    place: place))
            due = later(due, random.uniform(90, 900), pace)
        }
    }

    private mutating func planCardTesting(
        at now: Timestamp, pace: Double, _ victims: Range<Int>
    ) {
        let shop = peopleCount + Self.popular(onlineShops, &random)
        let address = fraudsters.address(&random)
        let place = farPlace()
        let hidesPlace = random.chance(0.5)
        var device = fraudsters.device(&random)
        var due = now
        for index in 0..<(8 + random.below(13)) {
            if index % 6 == 5 { device = Identifier.device(&random) }
            let victim = victims.lowerBound + random.below(victims.count)
            for _ in 0..<(1 + random.below(2)) {
                fraudsters.schedule(
                    FraudStep(
                        due: due, kind: .cardTesting, payer: victim, payee: shop,
                        amount: .major(random.uniform(0.5, 3.5)), device: device, address: address,
                        place: place, hidesPlace: hidesPlace))
                due = later(due, random.uniform(3, 40), pace.squareRoot())
            }
            if random.chance(0.2) {
                fraudsters.schedule(
                    FraudStep(
                        due: later(due, random.uniform(100, 2_000), pace), kind: .cardTesting,
                        payer: victim, payee: peopleCount + Self.popular(onlineShops, &random),
                        amount: .timesPrice(random.uniform(1.5, 6)), device: device,
                        address: address, place: place, hidesPlace: hidesPlace))
            }
        }
    }

    private mutating func planMule(
        at now: Timestamp, pace: Double, _ victims: Range<Int>
    ) {
        let mule = mules[random.below(mules.count)]
        var due = now
        for _ in 0..<(3 + random.below(6)) {
            let victim = victims.lowerBound + random.below(victims.count)
            guard victim != mule else { continue }
            let amount =
                random.chance(0.5)
                ? FraudStep.Amount.share(random.uniform(0.15, 0.8))
                : .major(random.logNormal(median: 180, sigma: 0.8))
            fraudsters.schedule(
                FraudStep(due: due, kind: .mule, payer: victim, payee: mule, amount: amount))
            due = later(due, random.uniform(400, 6_000), pace)
        }
        let next = mules[random.below(mules.count)]
        guard next != mule else { return }
        fraudsters.schedule(
            FraudStep(
                due: later(due, random.uniform(300, 3_000), pace), kind: .mule, payer: mule,
                payee: next, amount: .share(random.uniform(0.5, 0.95)),
                address: fraudsters.address(&random)))
    }
}

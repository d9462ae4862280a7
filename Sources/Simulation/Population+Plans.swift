internal import EventLog

/// What is planned ahead, for frauds and for occasions of honest life alike.
extension Population {
    /// A campaign or an occasion that begins at a moment.
    struct Plan: Sendable {
        var begin: Timestamp
        /// What delays within it are divided by.
        var pace: Double
        /// Those whom it may concern.
        var people: Range<Int>

        /// A moment some seconds of everyday life after another.
        func later(_ time: Timestamp, _ seconds: Double) -> Timestamp {
            time.adding(milliseconds: Int64(max(0.5, seconds / pace) * 1_000))
        }
    }

    /// The payment of a plan that is due.
    mutating func plannedPayment(_ step: PlannedPayment, at now: Timestamp) -> SimulatedPayment {
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
        let city = people[step.payer].trip?.city ?? people[step.payer].city
        if let disguise = step.disguise {
            payment.device = disguise.device ?? people[step.payer].phone(at: now)
            payment.address = disguise.address ?? ownAddress(of: step.payer, city: city)
            switch disguise.whereabouts {
            case .payers: payment.place = people[step.payer].position
            case .hidden: payment.place = nil
            case .at(let place): payment.place = place
            }
            showCountry(&payment, city: city)
            payment.initiatedAt = now.adding(seconds: -began())
        } else {
            showOwnMeans(&payment, city: city)
        }
        payment.fraud = step.fraud
        return settle(payment)
    }

    /// Somebody, the likelier the more often they pay.
    mutating func somebody(among range: Range<Int>) -> Int {
        var person = range.lowerBound + random.below(range.count)
        for _ in 0..<6 where !random.chance(people[person].rate / 3) {
            person = range.lowerBound + random.below(range.count)
        }
        return person
    }

    /// The moment at which a person next pays by their habit; the plan's begin where time is pressed together.
    mutating func habitualMoment(of person: Int, _ plan: Plan) -> Timestamp {
        let somebody = people[person]
        return nextHour(somebody.hour + somebody.hourSpread * random.normal(), of: person, plan)
    }

    /// The next moment of this solar hour at a person's home.
    mutating func nextHour(_ hour: Double, of person: Int, _ plan: Plan) -> Timestamp {
        guard plan.pace <= 1 else { return plan.begin }
        let seconds = plan.begin.rawValue / 1_000_000 % 86_400
        let now = Double(seconds) / 3_600 + people[person].home.longitude / 15
        let wait = (hour - now).truncatingRemainder(dividingBy: 24)
        return plan.begin.adding(seconds: Int64((wait < 0 ? wait + 24 : wait) * 3_600))
    }

    /// Account of a shop that sells over the network.
    mutating func onlineShop() -> Int { peopleCount + Self.popular(onlineShops, &random) }

    /// Account of a shop in a person's city; one on the network if there is none.
    mutating func localShop(of person: Int) -> Int {
        let local = shops[people[person].trip?.city ?? people[person].city]
        return local.isEmpty ? onlineShop() : peopleCount + Self.popular(local, &random)
    }

    /// Account of a shop that a person keeps going back to.
    mutating func knownShop(of person: Int) -> Int {
        let known = people[person].merchants
        return known.isEmpty ? onlineShop() : peopleCount + known[random.below(known.count)]
    }
}

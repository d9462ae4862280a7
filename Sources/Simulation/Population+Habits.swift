internal import EventLog

/// Honest payments: what people do, with all that makes honest people look suspicious now and then.
extension Population {
    /// The next honest payment of a person at a moment.
    mutating func honestPayment(of index: Int, at now: Timestamp) -> SimulatedPayment {
        travel(index, at: now)
        let city = people[index].trip?.city ?? people[index].city
        let isAway = people[index].trip != nil
        var payment = blank(payer: index, at: now)
        let choice = random.uniform()
        let wantsShop = choice >= 0.5 && !shops[city].isEmpty
        if choice < 0.18 {
            payFriend(&payment)
        } else {
            var merchant = Self.popular(onlineShops, &random)
            if wantsShop { merchant = Self.popular(shops[city], &random) }
            let known = people[index].merchants.filter {
                wantsShop ? merchants[$0].city == city : merchants[$0].city == nil
            }
            if !known.isEmpty && random.chance(0.78) { merchant = known[random.below(known.count)] }
            if wantsShop && !reaches(index, merchants[merchant].place, at: now) {
                // Too far for the time since the last payment: something over the network instead.
                merchant = Self.popular(onlineShops, &random)
            }
            pay(merchant, &payment)
        }
        placeAndDevice(&payment, isAway: isAway, city: city)
        return settle(payment)
    }

    /// A payment with the payer's own means, nothing else decided.
    func blank(payer: Int, at now: Timestamp) -> SimulatedPayment {
        SimulatedPayment(
            payer: payer, payee: payer, amountMinor: 0, currency: currency, kind: .payment,
            occurredAt: now, initiatedAt: now, device: people[payer].devices[0],
            instrument: people[payer].instruments[0], address: people[payer].homeAddress,
            place: nil, merchantCategory: 0, payerAvailableMinor: 0, fraud: nil)
    }

    private mutating func travel(_ index: Int, at now: Timestamp) {
        let since = now.rawValue - people[index].positionTime.rawValue
        let hours = Double(since) / 3_600_000_000
        if let trip = people[index].trip {
            if trip.until < now && hours > 14 { people[index].trip = nil }
        } else if hours > 14 && people[index].positionTime != .none && random.chance(0.02) {
            let city = random.below(Place.cities.count)
            let days = 1 + random.below(8)
            people[index].trip = (city, now.adding(seconds: Int64(days) * 86_400))
        }
    }

    /// Whether a person can be at a place by now, at the pace of a town or, over a night, of an
    /// airliner.
    private func reaches(_ index: Int, _ place: Place, at now: Timestamp) -> Bool {
        let person = people[index]
        guard person.positionTime != .none else { return true }
        let hours = Double(now.rawValue - person.positionTime.rawValue) / 3_600_000_000
        let distance = person.position.distanceKm(to: place)
        return distance < hours * 25 || hours > 14
    }

    private mutating func payFriend(_ payment: inout SimulatedPayment) {
        let index = payment.payer
        let friends = people[index].friends
        payment.payee = friends[random.below(friends.count)]
        if random.chance(0.12) {
            payment.payee = Self.other(than: index, of: peopleCount, &random)
        }
        var amount = random.logNormal(median: 30, sigma: 0.9) * people[index].wealth
        if random.chance(0.5) { amount = max(5, (amount / 5).rounded() * 5) }
        if random.chance(0.035) {
            // Rent, a deposit, a car: much of what there is.
            amount = Double(people[index].available) / 100 * random.uniform(0.3, 0.95)
        }
        payment.amountMinor = Int64(amount * 100)
    }

    mutating func pay(_ merchant: Int, _ payment: inout SimulatedPayment) {
        let shop = merchants[merchant]
        payment.payee = peopleCount + merchant
        payment.merchantCategory = shop.category
        payment.kind = shop.authorizes ? .authorization : .payment
        var amount = random.logNormal(median: shop.price, sigma: shop.spread)
        amount *= people[payment.payer].wealth.squareRoot()
        if random.chance(0.015) { amount *= random.uniform(3, 12) }
        payment.amountMinor = Int64(amount * 100)
        payment.place = shop.city == nil ? nil : shop.place
    }

    private mutating func placeAndDevice(
        _ payment: inout SimulatedPayment, isAway: Bool, city: Int
    ) {
        let index = payment.payer
        let now = payment.occurredAt
        if payment.place == nil {
            var place = people[index].position
            let seat =
                isAway
                ? Place.cities[city] : random.chance(0.7) ? people[index].home : people[index].work
            if reaches(index, seat, at: now) { place = seat.near(spreadKm: 0.05, &random) }
            payment.place = place
        }
        if let place = payment.place {
            people[index].position = place
            people[index].positionTime = now
        }
        // Some clients never tell where they are.
        if payment.merchantCategory != 0, random.chance(0.12) { payment.place = nil }
        if random.chance(0.006) {
            people[index].devices[0] = Identifier.device(&random)
        }
        let devices = people[index].devices
        payment.device = devices[random.chance(0.85) ? 0 : devices.count - 1]
        if random.chance(0.015) {
            payment.device = people[people[index].friends[0]].devices[0]
        }
        if random.chance(0.004) { payment.device = Identifier.device(&random) }
        let instruments = people[index].instruments
        payment.instrument = instruments[random.chance(0.8) ? 0 : instruments.count - 1]
        let carrier = carrierAddresses[city]
        if isAway || random.chance(0.4) { payment.address = carrier[random.below(carrier.count)] }
        if random.chance(0.06) { payment.address = Identifier.address(&random) }
        payment.initiatedAt = now.adding(seconds: -Int64(4 + random.below(90)))
    }

    /// Bounds the amount by what is available, after income if that ran low, and moves the money.
    mutating func settle(_ payment: SimulatedPayment) -> SimulatedPayment {
        var payment = payment
        let index = payment.payer
        payment.amountMinor = max(50, payment.amountMinor)
        if people[index].available < max(2_000, min(payment.amountMinor, people[index].income)) {
            people[index].available += people[index].income
            topUps.append(TopUp(account: index, amountMinor: people[index].income))
        }
        payment.payerAvailableMinor = people[index].available
        payment.amountMinor = min(payment.amountMinor, people[index].available)
        people[index].available -= payment.amountMinor
        if payment.payee < peopleCount { people[payment.payee].available += payment.amountMinor }
        return payment
    }
}

internal import EventLog

/// Honest payments: what people do, with all that makes honest people look suspicious now and then.
extension Population {
    /// The next honest payment of a person at a moment.
    mutating func honestPayment(of index: Int, at now: Timestamp) -> SimulatedPayment {
        travel(index, at: now)
        let city = people[index].trip?.city ?? people[index].city
        var payment = blank(payer: index, at: now)
        let choice = random.uniform()
        let wantsShop = choice >= 0.5 && !shops[city].isEmpty
        if choice < 0.2 {
            paySomebody(&payment)
        } else {
            var merchant = Self.popular(onlineShops, &random)
            if wantsShop { merchant = Self.popular(shops[city], &random) }
            let known = people[index].merchants.filter {
                wantsShop ? merchants[$0].city == city : merchants[$0].city == nil
            }
            if !known.isEmpty && random.chance(0.72) { merchant = known[random.below(known.count)] }
            if wantsShop && !reaches(index, merchants[merchant].place, at: now) {
                // Too far for the time since the last payment: something over the network instead.
                merchant = Self.popular(onlineShops, &random)
            }
            pay(merchant, &payment)
        }
        showOwnMeans(&payment, city: city)
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
        } else if hours > 14 && people[index].positionTime != .none && random.chance(0.03) {
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

    private mutating func paySomebody(_ payment: inout SimulatedPayment) {
        let index = payment.payer
        payment.payee = friend(of: index)
        var amount = random.logNormal(median: 30, sigma: 0.9) * people[index].wealth
        if random.chance(0.25) {
            payment.payee = seller(otherThan: index)
            amount = random.logNormal(median: 60, sigma: 1) * people[index].wealth.squareRoot()
        }
        if random.chance(0.5) { amount = max(5, (amount / 5).rounded() * 5) }
        if random.chance(0.04) {
            // Rent, a deposit, a car: much of what there is.
            amount = Double(people[index].available) / 100 * random.uniform(0.2, 0.95)
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
        if random.chance(0.04) { amount *= random.logNormal(median: 3, sigma: 0.6) }
        payment.amountMinor = Int64(amount * 100)
        payment.place = shop.city == nil ? nil : shop.place
    }

    /// Place, device, means and address of a payment that the payer makes, with all that goes astray.
    mutating func showOwnMeans(_ payment: inout SimulatedPayment, city: Int) {
        let index = payment.payer
        let now = payment.occurredAt
        let isInPerson = payment.place != nil
        if payment.place == nil {
            var place = people[index].position
            let seat =
                people[index].trip != nil
                ? Place.cities[city] : random.chance(0.7) ? people[index].home : people[index].work
            if reaches(index, seat, at: now) { place = seat.near(spreadKm: 0.05, &random) }
            payment.place = place
        }
        if let place = payment.place {
            people[index].position = place
            people[index].positionTime = now
        }
        payment.device = ownDevice(of: index, at: now)
        let instruments = people[index].instruments
        payment.instrument = instruments[random.chance(0.8) ? 0 : instruments.count - 1]
        payment.address = ownAddress(of: index, city: city)
        if !isInPerson { show(apparentPlaceOf: index, &payment) }
        showCountry(&payment, city: city)
        // Some clients never tell where they are.
        if !random.chance(people[index].tellsPlace) { payment.place = nil }
        payment.initiatedAt = now.adding(seconds: -began())
    }

    /// Over the network, a place is where the network comes out.
    private mutating func show(apparentPlaceOf index: Int, _ payment: inout SimulatedPayment) {
        if let exit = people[index].exit, random.chance(0.6) {
            payment.place = Place.cities[exits[exit].city]
            payment.address = exits[exit].addresses[random.below(exits[exit].addresses.count)]
        } else if let gateway = people[index].gateway, random.chance(0.4) {
            payment.place = Place.cities[gateway].near(spreadKm: 4, &random)
        } else if random.chance(0.012) {
            payment.place = somewhere()
        }
    }

    /// The country of the place, as terminals, shops and phones tell it; some clients tell the one they are set up for
    /// instead, wherever they are.
    mutating func showCountry(_ payment: inout SimulatedPayment, city: Int) {
        let index = payment.payer
        guard random.chance(people[index].tellsPlace) || random.chance(0.5) else { return }
        payment.country =
            random.chance(0.03)
            ? Place.countries[people[index].city]
            : payment.place?.country ?? Place.countries[city]
    }

    private mutating func ownDevice(of index: Int, at now: Timestamp) -> String {
        if random.chance(0.004) { people[index].devices[0] = Identifier.device(&random) }
        let phone = people[index].phone(at: now)
        let roll = random.uniform()
        if roll < 0.01 { return people[friend(of: index)].devices[0] }
        if roll < 0.015 { return Identifier.device(&random) }
        if roll < 0.08, let shared = people[index].sharedDevice { return shared }
        if roll < 0.2, let other = people[index].devices.last { return other }
        return phone
    }

    /// Home, the phone company's, or one met on the way.
    mutating func ownAddress(of index: Int, city: Int) -> String {
        if random.chance(0.05) { return Identifier.address(&random) }
        guard people[index].trip != nil || random.chance(0.4) else {
            return people[index].homeAddress
        }
        let carrier = carrierAddresses[city]
        return carrier[random.below(carrier.count)]
    }

    /// Seconds from where a payment is begun to where the wallet is asked.
    mutating func began() -> Int64 {
        Int64(random.chance(0.2) ? 2 + random.below(8) : 4 + random.below(90))
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

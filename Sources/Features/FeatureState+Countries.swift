internal import EventLog

/// Countries, and where instruments and addresses were used.
extension FeatureState {
    /// How the country and the place of an attempt lie to those that the payer, the means and the cell are known from.
    mutating func writeCountries(
        _ attempt: Attempt, _ touched: Touched, into row: UnsafeMutableBufferPointer<Double>
    ) {
        let country = attempt.country.rawValue
        if country != 0 {
            let payer = payers.read(touched.payer)
            compare(country, payer.pointee.lastCountry, .countryChanged, into: row)
            compare(country, payer.pointee.country.country, .countryUnusual, into: row)
            compare(country, usualCountry(touched.instrument), .countryInstrument, into: row)
            compare(country, usualCountry(touched.address), .countryAddress, into: row)
            compare(country, usualCountry(touched.place), .countryPlace, into: row)
        }
        guard attempt.place != nil else { return }
        writeDistance(attempt, touched.instrument, .instrumentPlace, into: row)
        writeDistance(attempt, touched.address, .addressPlace, into: row)
    }

    @inline(__always)
    private mutating func compare(
        _ country: UInt16, _ known: UInt16, _ feature: Feature,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        if known != 0 { row[feature] = country == known ? 0 : 1 }
    }

    @inline(__always)
    private mutating func usualCountry(_ party: UInt32) -> UInt16 {
        party == Slab<Party>.none ? 0 : parties.read(party).pointee.country.country
    }

    @inline(__always)
    private mutating func writeDistance(
        _ attempt: Attempt, _ party: UInt32, _ feature: Feature,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        guard party != Slab<Party>.none else { return }
        let cell = parties.read(party).pointee.extra
        guard cell != 0 else { return }
        row[feature] = PlaceCell.Distances.km(distances.haversine(cell - 1, attempt.cell))
    }

    /// A payment was posted: where the payer is, and where the means, the address and the cell belong.
    mutating func learnCountry(_ transfer: PendingTransfer) {
        if transfer.country != 0 {
            let payer = payers.change(transfer.payer)
            payer.pointee.lastCountry = transfer.country
            payer.pointee.country.add(transfer.country)
        }
        guard transfer.country != 0 || transfer.hasPlace, transfer.attempt >= log.tail else {
            return
        }
        let activity = log[transfer.attempt]
        let means = self.means[activity.means]
        for kind in 2..<5 {
            let number = Self.party(kind, activity, means)
            guard number != Slab<Party>.none else { continue }
            let party = parties.change(number)
            if transfer.country != 0 { party.pointee.learn(country: transfer.country) }
            if kind < 4, transfer.hasPlace { party.pointee.extra = transfer.cell + 1 }
        }
    }
}

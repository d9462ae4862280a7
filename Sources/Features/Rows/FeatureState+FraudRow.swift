/// What was confirmed of fraud before this attempt, and what has been presumed genuine since.
extension FeatureState {
    /// Attempts without any history that a rate is shrunk towards the population's by.
    private static var rateStrength: Double { 4 }

    mutating func writeFraud(_ touched: Touched, into row: UnsafeMutableBufferPointer<Double>) {
        // Of all attempts that matured in the last 30 days; one in two hundred before there are any.
        let matured =
            log.cursors[Edge.matured.rawValue] - log.cursors[Edge.maturedMonth.rawValue]
        let usual = (Double(maturedFrauds) + 1) / (Double(matured) + 200)
        if touched.payee != Slab<Party>.none {
            writePayeeFraud(touched.payee, usual: usual, into: row)
        }
        writeParty(touched.device, usual, .deviceFraudKnown, into: row)
        writeParty(touched.address, usual, .addressFraudKnown, into: row)
        writeParty(touched.place, usual, .placeFraudKnown, into: row)
        let payer = payers.read(touched.payer)
        let trouble = payer.pointee.trouble
        let number =
            trouble == Slab<PayerTrouble>.none
            ? Slab<FraudHistory>.none : troubles.read(trouble).pointee.fraud
        write(
            history(number), matured: payer.pointee.matured, usual, .payerFraudKnown, into: row)
    }

    private mutating func writeParty(
        _ number: UInt32, _ usual: Double, _ first: Feature,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        guard number != Slab<Party>.none else { return }
        let party = parties.read(number)
        write(
            partyHistory(number), matured: party.pointee.matured, usual, first, into: row)
    }

    /// Three features in the order of the catalogue: known frauds, their share of a month, the time since.
    private mutating func write(
        _ history: FraudHistory?, matured: UInt32, _ usual: Double, _ first: Feature,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        row[first.rawValue] = Double(history?.known ?? 0)
        row[first.rawValue + 1] = Self.rate(history?.matured[2] ?? 0, of: matured, usual)
        if let history, history.known > 0 { row[first.rawValue + 2] = daysSince(history) }
    }

    private mutating func writePayeeFraud(
        _ number: UInt32, usual: Double,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        let party = parties.read(number)
        let payee = payees.read(party.pointee.extra)
        let history = partyHistory(number)
        row[.payeeFraudKnown] = Double(history?.known ?? 0)
        row[.payeeFraudRecent] = Double(history?.recent ?? 0)
        row[.payeeFraudRateDay] = Self.rate(
            history?.matured[0] ?? 0, of: payee.pointee.matured[0], usual)
        row[.payeeFraudRateWeek] = Self.rate(
            history?.matured[1] ?? 0, of: payee.pointee.matured[1], usual)
        row[.payeeFraudRateMonth] = Self.rate(
            history?.matured[2] ?? 0, of: party.pointee.matured, usual)
        row[.payeeFraudLastOne] = history?.share(last: 1) ?? 0
        row[.payeeFraudLastThree] = history?.share(last: 3) ?? 0
        row[.payeeFraudLastFive] = history?.share(last: 5) ?? 0
        row[.payeeFraudLastTen] = history?.share(last: 10) ?? 0
        guard let history, history.known > 0 else { return }
        row[.payeeFraudSince] = daysSince(history)
        row[.payeeFraudGenuine] = Double(history.genuineSince)
    }

    @inline(__always)
    private mutating func partyHistory(_ party: UInt32) -> FraudHistory? {
        guard let number = fraud(of: party) else { return nil }
        return frauds[number]
    }

    private mutating func history(_ number: UInt32) -> FraudHistory? {
        number == Slab<FraudHistory>.none ? nil : frauds[number]
    }

    private mutating func daysSince(_ history: FraudHistory) -> Double {
        Double(now - history.lastTime) / Double(TimeOfDay.dayMicros)
    }

    private static func rate(_ frauds: UInt32, of matured: UInt32, _ usual: Double) -> Double {
        (Double(frauds) + rateStrength * usual) / (Double(matured) + rateStrength)
    }
}

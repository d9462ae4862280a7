/// How the amount lies to what the payer, the payee and the merchant category are used to.
extension FeatureState {
    mutating func writeAmounts(
        _ attempt: Attempt, _ touched: Touched, into row: UnsafeMutableBufferPointer<Double>
    ) {
        let payer = payers.read(touched.payer)
        writeOutliers(payer.pointee.trouble, into: row)
        let isEqual =
            payer.pointee.hasAttempted && payer.pointee.lastAmount == attempt.event.amount
        row[.amountRepeats] = isEqual ? Double(payer.pointee.repeats) + 1 : 0
        guard attempt.hasAmount else { return }
        if !payer.pointee.isMixed {
            let logarithms = payer.pointee.baseline.logarithms
            let population = population.read(attempt.event.currency).pointee
            if let score = logarithms.score(logarithm: attempt.logarithm) {
                row[.amountScore] = score
            }
            if let ratio = logarithms.ratioToMaximum(minor: attempt.event.amount) {
                row[.amountMaximumRatio] = ratio
            }
            if let deviation = payer.pointee.baseline.deviation(
                major: attempt.major, population)
            {
                row[.amountDeviation] = deviation
            }
            if let usual = payer.pointee.baseline.usual(population), usual > 0 {
                row[.amountMeanRatio] = attempt.major / usual
            }
            if let rank = payer.pointee.recent.rank(logarithm: attempt.logarithm) {
                row[.amountRank] = rank
            }
        }
        guard touched.payee != Slab<Party>.none else { return }
        let payee = payees.read(parties.read(touched.payee).pointee.extra)
        guard !payee.pointee.isMixed else { return }
        if let score = payee.pointee.baseline.logarithms.score(logarithm: attempt.logarithm) {
            row[.payeeAmountScore] = score
        }
        if let rank = payee.pointee.recent.rank(logarithm: attempt.logarithm) {
            row[.payeeAmountRank] = rank
        }
    }

    private mutating func writeOutliers(
        _ trouble: UInt32, into row: UnsafeMutableBufferPointer<Double>
    ) {
        let outliers =
            trouble == Slab<PayerTrouble>.none
            ? InlineArray<4, UInt32>(repeating: 0) : troubles.read(trouble).pointee.outliers
        row[.amountOutliersHour] = Double(outliers[0])
        row[.amountOutliersDay] = Double(outliers[1])
        row[.amountOutliersWeek] = Double(outliers[2])
        row[.amountOutliersFortnight] = Double(outliers[3])
    }

    mutating func writeCategory(
        _ attempt: Attempt, payer: UInt32, into row: UnsafeMutableBufferPointer<Double>
    ) {
        guard attempt.category != 0 else { return }
        let category = categories.read(attempt.category)
        row[.categoryCount] = Double(category.pointee.countDay) + 1
        let record = payers.read(payer)
        let known = payerCategory(payer, attempt.category).map { payerCategories[$0] }
        let count = Double(known?.count ?? 0)
        row[.payerCategoryCount] = count
        let posted = record.pointee.baseline.count
        if posted > 0 { row[.payerCategoryShare] = min(1, count / Double(posted)) }
        guard attempt.hasAmount else { return }
        if category.pointee.isIn(attempt.event.currency),
            let score = category.pointee.baseline.logarithms.score(logarithm: attempt.logarithm)
        {
            row[.categoryAmountScore] = score
        }
        guard !record.pointee.isMixed, posted > 0 else { return }
        let usual = record.pointee.baseline.logarithms.mean
        row[.payerCategoryScore] = (known ?? PayerCategory(payer: payer, category: 0))
            .score(logarithm: attempt.logarithm, usual: usual)
    }
}

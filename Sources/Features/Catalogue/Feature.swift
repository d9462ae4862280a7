/// Position of every feature in a row: the order of the catalogue.
enum Feature: Int, CaseIterable {
    // Velocity; counts by window, then sums, stand together.
    case payerCountMinute, payerCountTenMinutes, payerCountHour, payerCountDay, payerCountWeek
    case payerCountMonth
    case payerSumHour, payerSumDay, payerSumWeek, payerSumMonth
    case payerMeanDay, payerMeanMonth
    case payerPayeesHour, payerPayeesDay, payerPayeesMonth
    case payerDevicesMonth, payerPlacesMonth
    case payerIdle, payerBurstHour, payerBurstDay
    case payerVoidedHour, payerVoidedDay
    case pairCountHour, pairCountDay, pairCountMonth, pairSumDay, pairIdle

    // Counterparty.
    case payeeCountHour, payeeCountDay, payeeCountWeek, payeeCountMonth
    case payeeSumDay, payeeMeanMonth
    case payeePayersDay, payeePayersMonth, payeeNewDay, payeeNewMonth
    case payeeBurst, payeeIdle, payeeAge, payeeVoidedDay
    case payeeFirst, pairAge, payeeCircular

    // Device, instrument and address.
    case deviceCountHour, deviceCountDay, devicePayersMonth, deviceNew, deviceAge, deviceIdle
    case instrumentCountDay, instrumentPayersMonth, instrumentNew
    case addressCountHour, addressPayersDay, addressPayersMonth

    // Amount.
    case amountLogarithm, amountScore, amountDeviation, amountRank
    case amountMaximumRatio, amountMeanRatio
    case amountOutliersHour, amountOutliersDay, amountOutliersWeek, amountOutliersFortnight
    case amountRound, amountBelowRound, amountRepeats, amountDrained
    case payeeAmountScore, payeeAmountRank

    // Merchant category.
    case categoryCode, categoryCount, categoryAmountScore
    case payerCategoryCount, payerCategoryShare, payerCategoryScore

    // Place.
    case placeMissing, placeLast, placeHome, placeSpeed
    case placeNearest, placeEstablishedDay, placeEstablishedWeek, placeQuantile
    case placeVisitsOne, placeVisitsTen, placeVisitsHundred, placeNew
    case cellCountDay, cellPayersMonth
    case countryChanged, countryUnusual, countryInstrument, countryAddress, countryPlace
    case instrumentPlace, addressPlace

    // Time.
    case timeHabit, timeNight, timeHour, timeWeekend, timeWeekday, timeWaking

    // Confirmed fraud; of each entity known ones, a month's rate and the time since stand together.
    case payeeFraudKnown, payeeFraudRecent
    case payeeFraudRateDay, payeeFraudRateWeek, payeeFraudRateMonth
    case payeeFraudSince, payeeFraudGenuine
    case payeeFraudLastOne, payeeFraudLastThree, payeeFraudLastFive, payeeFraudLastTen
    case deviceFraudKnown, deviceFraudRate, deviceFraudSince
    case addressFraudKnown, addressFraudRate, addressFraudSince
    case placeFraudKnown, placeFraudRate, placeFraudSince
    case payerFraudKnown, payerFraudRate, payerFraudSince

    // Quality.
    case windowSaturated

    /// Number of features.
    static let count = allCases.count
}

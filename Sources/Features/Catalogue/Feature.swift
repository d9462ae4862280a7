/// Position of every feature in a row. New ones are added at the end of the catalogue.
enum Feature: Int, CaseIterable {
    case payerCountMinute, payerCountTenMinutes, payerCountHour, payerCountDay, payerCountWeek
    case payerCountMonth
    case payerSumHour, payerSumDay, payerSumWeek, payerSumMonth
    case payerPayeesHour, payerPayeesDay, payerPayeesMonth
    case payerIdle
    case payeeCountDay, payeePayersDay, payeeFirst
    case deviceCountHour, deviceCountDay, devicePayersMonth, deviceNew
    case instrumentCountDay, instrumentPayersMonth
    case addressCountHour, addressPayersDay
    case amountLogarithm, amountScore, amountMaximumRatio, amountDrained
    case placeLast, placeHome, placeSpeed
    case timeHabit, timeNight
    case windowSaturated
}

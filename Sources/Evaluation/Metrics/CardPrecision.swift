/// Card precision@k (Le Borgne, Siblini, Lebichot, Bontempi: *Reproducible Machine Learning for Credit Card Fraud
/// Detection*, 2022, section 4.4): what analysts who look into k payers a day would find.
///
/// For each UTC day the payers are ordered by their highest score of the day, equal ones by the earlier of the
/// transactions that have it. Of the first k, those with a fraud on that day are found; that number divided by k is the
/// day's precision, also if fewer than k paid. A fraudulent payer who is found is not looked into on later days.
public struct CardPrecision: Sendable, Equatable, Codable {
    /// Payers that are looked into each day.
    public var cards: Int
    /// Mean over the days.
    public var mean: Double
    /// By day, in order: its date in days since 1970, and its precision.
    public var days: [Day]

    /// One day's precision.
    public struct Day: Sendable, Equatable, Codable {
        /// Days since 1970.
        public var day: Int64
        /// Frauds among the first k payers ÷ k.
        public var precision: Double
        /// Payers with a fraud on that day who had not been found before.
        public var fraudulent: Int
    }

    private struct Card {
        var payer: UInt32
        var score: Double
        /// Row with that score.
        var row: Int
        var isFraud: Bool
    }

    private static let dayMicros: Int64 = 86_400_000_000

    /// Nil without payers and times.
    ///
    /// - Parameter dropsKnown: leaves out payers of whom a fraud was known when the day began.
    init?(_ rows: JudgedRows, cards: Int = 100, dropsKnown: Bool = false) {
        guard rows.hasParties, cards > 0 else { return nil }
        self.cards = cards
        days = []
        var knownAt: [UInt32: Int64] = [:]
        if dropsKnown {
            for fraud in rows.knownFrauds {
                knownAt[fraud.payer] = min(knownAt[fraud.payer] ?? .max, fraud.knownAt)
            }
        }
        var found: Set<UInt32> = []
        var start = 0
        while start < rows.count {
            let day = Self.day(rows.times[start])
            var end = start
            var places: [UInt32: Int] = [:]
            var today: [Card] = []
            while end < rows.count, Self.day(rows.times[end]) == day {
                let payer = rows.payers[end]
                if let place = places[payer] {
                    today[place].isFraud = today[place].isFraud || rows.isFraud[end]
                    if rows.scores[end] > today[place].score {
                        today[place].score = rows.scores[end]
                        today[place].row = end
                    }
                } else if !found.contains(payer),
                    knownAt[payer].map({ $0 > day * Self.dayMicros }) ?? true
                {
                    places[payer] = today.count
                    today.append(
                        Card(
                            payer: payer, score: rows.scores[end], row: end,
                            isFraud: rows.isFraud[end]))
                }
                end += 1
            }
            let fraudulent = today.reduce(0) { $0 + ($1.isFraud ? 1 : 0) }
            // Rows are in the order of their times.
            today.sort { $0.score == $1.score ? $0.row < $1.row : $0.score > $1.score }
            let caught = today.prefix(cards).filter(\.isFraud)
            for card in caught { found.insert(card.payer) }
            days.append(
                Day(
                    day: day, precision: Double(caught.count) / Double(cards),
                    fraudulent: fraudulent))
            start = end
        }
        mean = days.reduce(0) { $0 + $1.precision } / Double(days.count)
    }

    private static func day(_ time: Int64) -> Int64 {
        let (quotient, rest) = time.quotientAndRemainder(dividingBy: dayMicros)
        return rest < 0 ? quotient - 1 : quotient
    }
}

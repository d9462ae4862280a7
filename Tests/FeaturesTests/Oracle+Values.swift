import EventLog
import Glibc

/// The features, family by family.
extension Oracle {
    private static func local(_ attempt: Attempt) -> Int64 {
        attempt.time
            + (attempt.context.hasPlace ? Int64(attempt.context.longitude) * 240 : 0)
    }

    private static func microsOfDay(_ micros: Int64) -> Int64 { ((micros % day) + day) % day }
    private static func weekday(_ micros: Int64) -> Int64 {
        // 2023-01-02 was a Monday.
        let monday: Int64 = 1_672_617_600_000_000
        let days = Int64((Double(micros - monday) / Double(day)).rounded(.down))
        return ((days % 7) + 7) % 7
    }
    private static func angle(_ micros: Int64) -> Double {
        Double(microsOfDay(micros)) * (2 * .pi / Double(day))
    }

    func eventValues(_ attempt: Attempt, _ leg: Leg, into values: inout [String: Double]) {
        values["amount.log"] = log1p(attempt.major)
        let available = leg.fromPosted - leg.fromReserved + leg.amount
        values["amount.drained"] =
            available > 0 ? min(1, Double(leg.amount) / Double(available)) : 1
        let digits = Array(String(attempt.event.amount).reversed())
        let zeros = digits.prefix { $0 == "0" }.count
        values["amount.round"] = zeros < 2 ? 0 : Double(min(7, zeros - 1))
        var limits: [Int64] = []
        for power in 0..<16 {
            for factor: Int64 in [1, 2, 5] {
                limits.append((0..<power).reduce(factor) { value, _ in value * 10 })
            }
        }
        if let limit = limits.first(where: { $0 >= attempt.event.amount }) {
            values["amount.below_round"] = Double(limit - attempt.event.amount) / Double(limit)
        }
        values["place.missing"] = attempt.context.hasPlace ? 0 : 1
        if attempt.category != 0 { values["category.code"] = Double(attempt.category) }
        let local = Self.local(attempt)
        values["time.night"] = Self.microsOfDay(local) < 5 * 3_600_000_000 ? 1 : 0
        values["time.hour"] = Double(Self.microsOfDay(local)) / 3_600_000_000
        values["time.weekend"] = Self.weekday(local) >= 5 ? 1 : 0
        if let last = attempts.last(where: { $0.payer == attempt.payer }) {
            values["payer.idle"] = Double(attempt.time - last.time) / 1_000_000
            values["time.waking"] = attempt.time - last.time > Self.spans[5] ? 1 : 0
        }
        let known = (posted[attempt.payer] ?? []).map { attempts[$0] }
        if !known.isEmpty {
            let same = known.filter { Self.weekday(Self.local($0)) == Self.weekday(local) }
            values["time.weekday_share"] = Double(same.count + 1) / Double(known.count + 7)
        }
        habit(local, known, into: &values)
    }

    private func habit(_ local: Int64, _ known: [Attempt], into values: inout [String: Double]) {
        guard known.count >= 3 else { return }
        let angles = known.map { Self.angle(Self.local($0)) }
        let one = Double(1 << 30)
        let cosines = angles.reduce(Int64(0)) { $0 + Int64((cos($1) * one).rounded()) }
        let sines = angles.reduce(Int64(0)) { $0 + Int64((sin($1) * one).rounded()) }
        guard cosines != 0 || sines != 0 else { return }
        var difference = abs(Self.angle(local) - atan2(Double(sines), Double(cosines)))
        if difference > 2 * .pi { difference -= 2 * .pi }
        if difference > .pi { difference = 2 * .pi - difference }
        values["time.habit"] = difference * (12 / .pi)
    }

    // MARK: - Amounts

    mutating func amountValues(_ attempt: Attempt, into values: inout [String: Double]) {
        let (payer, amount) = (attempt.payer, attempt.event.amount)
        amounts.currencies[payer, default: []].insert(attempt.event.currency)
        let before = amounts.attempted[payer] ?? []
        values["amount.repeats"] = Double(before.reversed().prefix { $0 == amount }.count)
        for (label, span) in [
            ("1h", Self.spans[2]), ("24h", Self.spans[3]), ("7d", Self.spans[4]),
            ("14d", 2 * Self.spans[4]),
        ] {
            values["amount.outliers.\(label)"] = Double(
                attempts.filter {
                    $0.payer == payer && $0.isOutlier && $0.time > attempt.time - span
                }.count)
        }
        let payee = PartyKey(kind: 0, key: UInt64(attempt.payee))
        if parties[payee]?.isMixed == false {
            let known = amounts.ofPayee[attempt.payee] ?? []
            values["payee.amount_zscore"] = OracleAmounts.score(amount, known)
            values["payee.amount_rank"] = OracleAmounts.rank(amount, known)
        }
        categoryValues(attempt, into: &values)
        guard !amounts.isMixed(payer), let known = amounts.ofPayer[payer] else { return }
        if let largest = known.max(), largest > 0 {
            values["amount.max_ratio"] = Double(amount) / Double(largest)
        }
        values["amount.zscore"] = OracleAmounts.score(amount, known)
        values["amount.rank"] = OracleAmounts.rank(amount, known)
        if let own = amounts.own[payer] {
            let usual = own.usual(amounts.all[attempt.event.currency] ?? .init())
            values["amount.deviation"] = (attempt.major - usual) / own.deviation(usual)
            values["amount.mean_ratio"] = attempt.major / usual
        }
    }

    private func categoryValues(_ attempt: Attempt, into values: inout [String: Double]) {
        guard attempt.category != 0 else { return }
        let same = attempts.filter {
            $0.category == attempt.category && $0.time > attempt.time - Self.spans[3]
        }
        values["category.count.24h"] = Double(same.count + 1)
        let all = amounts.ofCategory[attempt.category] ?? []
        if all.first?.currency == attempt.event.currency {
            values["category.amount_zscore"] = OracleAmounts.score(
                attempt.event.amount,
                all.filter { $0.currency == attempt.event.currency }.map(\.amount))
        }
        let own = amounts.ofPayerCategory[attempt.payer]?[attempt.category]?.count ?? 0
        values["payer.category.count"] = Double(own)
        let posted = amounts.ofPayer[attempt.payer]?.count ?? 0
        if posted > 0 { values["payer.category.share"] = min(1, Double(own) / Double(posted)) }
        if !amounts.isMixed(attempt.payer) {
            values["payer.category.amount_zscore"] = amounts.ownCategoryScore(attempt)
        }
    }

    // MARK: - Places

    private func vector(_ context: RiskContext) -> [Double] {
        let phi = Double(context.latitude) * (.pi / 180_000_000)
        let lambda = Double(context.longitude) * (.pi / 180_000_000)
        return [cos(phi) * cos(lambda), cos(phi) * sin(lambda), sin(phi)]
            .map { ($0 * Double(1 << 30)).rounded() }
    }

    private func arc(_ a: [Double], _ b: [Double]) -> Double {
        let squares = zip(a, b).map { ($0 - $1) * ($0 - $1) }
        let chord = (squares[0] + squares[1] + squares[2]).squareRoot()
        return 2 * 6371.0088 * asin(min(1, chord / 2))
    }

    func haversine(_ a: UInt64, _ b: UInt64) -> Double {
        func centre(_ row: UInt64) -> Double { (Double(row) + 0.5 - 9_000) * (.pi / 18_000) }
        func square(_ steps: Int) -> Double {
            let half = sin(Double(steps) * (.pi / 36_000))
            return half * half
        }
        let (rowA, rowB) = (a >> 16, b >> 16)
        let apart = abs(Int(a & 0xffff) - Int(b & 0xffff))
        return square(abs(Int(rowA) - Int(rowB))) + cos(centre(rowA)) * cos(centre(rowB))
            * square(min(apart, 36_000 - apart))
    }

    func km(_ haversine: Double) -> Double {
        2 * 6371.0088 * asin(min(1, haversine.squareRoot()))
    }

    func placeValues(_ attempt: Attempt, into values: inout [String: Double]) {
        guard let cell = attempt.cell else { return }
        let placed = (posted[attempt.payer] ?? []).map { attempts[$0] }
            .filter(\.context.hasPlace)
        func within(_ limit: Double) -> Double {
            let half = sin(limit / (2 * 6371.0088))
            return Double(
                placed.filter { haversine($0.cell ?? 0, cell) <= half * half }.count)
        }
        for limit in [1, 10, 100] { values["place.visits.\(limit)km"] = within(Double(limit)) }
        guard var last = placed.first else { return }
        for attempt in placed where attempt.time >= last.time { last = attempt }
        let one = Double(1 << 30)
        let difference = zip(vector(attempt.context), vector(last.context)).map {
            ($0 - $1) / one
        }
        let distance = arc(difference, [0, 0, 0])
        values["place.last_km"] = distance
        let elapsed = attempt.time - last.time
        values["place.speed_kmh"] = distance / (max(1, Double(elapsed) / 1_000_000) / 3600)
        values["place.new"] = placed.contains { $0.cell == cell } ? 0 : 1
        spotValues(attempt, cell, placed, into: &values)
    }

    private func spotValues(
        _ attempt: Attempt, _ cell: UInt64, _ placed: [Attempt],
        into values: inout [String: Double]
    ) {
        let hour = attempt.time / 3_600_000_000
        /// Cells with visits, and the hour of the payment that was posted there first.
        var spots: [(cell: UInt64, visits: Int, first: Int64)] = []
        for visit in placed {
            if let index = spots.firstIndex(where: { $0.cell == visit.cell }) {
                spots[index].visits += 1
            } else {
                spots.append((visit.cell ?? 0, 1, visit.time / 3_600_000_000))
            }
        }
        let apart = spots.map { haversine($0.cell, cell) }
        values["place.nearest_km"] = apart.min().map(km)
        for (label, age) in [("24h", Int64(24)), ("7d", 168)] {
            let old = zip(spots, apart).filter { hour - $0.0.first > age }.map(\.1)
            values["place.established_\(label)_km"] = old.min().map(km)
        }
        let best = spots.sorted {
            if $0.visits != $1.visits { return $0.visits > $1.visits }
            return $0.first != $1.first ? $0.first < $1.first : $0.cell < $1.cell
        }
        guard let home = best.first else { return }
        let far = haversine(home.cell, cell)
        values["place.home_km"] = km(far)
        var halves = 0
        for spot in spots {
            let other = haversine(home.cell, spot.cell)
            halves += other < far ? 2 * spot.visits : other == far ? spot.visits : 0
        }
        values["place.quantile"] = Double(halves) / Double(2 * placed.count)
    }
}

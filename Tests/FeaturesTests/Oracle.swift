import EventLog
import Features
import Glibc

/// Recomputes every feature from the whole history, with none of the engine's bookkeeping.
struct Oracle {
    struct Attempt {
        var event: Event
        var context: RiskContext
        var isPosted = false
    }

    var attempts: [Attempt] = []
    /// Positions in `attempts`, by payer and by party.
    var byPayer: [Int64: [Int]] = [:]
    var byParty: [PartyKey: [Int]] = [:]
    var byTransfer: [TransferID: Int] = [:]
    /// Positions in the order in which money moved, by payer.
    var posted: [Int64: [Int]] = [:]

    struct PartyKey: Hashable {
        var kind: Int
        var key: UInt64
    }

    static let spans: [Int64] = [60, 600, 3600, 86_400, 604_800, 2_592_000].map { $0 * 1_000_000 }

    mutating func settle(_ event: Event) {
        guard let position = byTransfer[event.transfer] else { return }
        if event.kind != .voided, !attempts[position].isPosted {
            attempts[position].isPosted = true
            posted[attempts[position].event.payer.rawValue, default: []].append(position)
        }
        if event.state.isFinal { byTransfer[event.transfer] = nil }
    }

    private func keys(_ event: Event, _ context: RiskContext) -> [PartyKey] {
        [
            UInt64(event.payee.rawValue), context.device.rawValue, context.instrument.rawValue,
            context.address.rawValue,
        ].enumerated().map { PartyKey(kind: $0.offset, key: $0.element) }
    }

    mutating func row(_ event: Event, leg: Leg, context: RiskContext) -> [String: Double] {
        let position = attempts.count
        let payer = event.payer.rawValue
        var values: [String: Double] = ["window.saturated": 0]
        history(event, leg: leg, context: context, into: &values)
        attempts.append(Attempt(event: event, context: context))
        byTransfer[event.transfer] = position
        byPayer[payer, default: []].append(position)
        for key in keys(event, context) where key.key != 0 {
            byParty[key, default: []].append(position)
        }
        let mine = (byPayer[payer] ?? []).map { attempts[$0].event }
        let isMixed = Set(mine.map(\.currency)).count > 1
        let labels = ["1min", "10min", "1h", "24h", "7d", "30d"]
        for (label, span) in zip(labels, Self.spans) {
            let inside = mine.filter { $0.recordedAt.rawValue > event.recordedAt.rawValue - span }
            values["payer.count.\(label)"] = Double(inside.count)
            values["payer.payees.\(label)"] = Double(Set(inside.map(\.payee)).count)
            if !isMixed {
                let sum = inside.reduce(Int128(0)) { $0 + Int128($1.amount) }
                values["payer.sum.\(label)"] = Double(sum) / 100
            }
        }
        parties(event, context, into: &values)
        return values
    }

    private func parties(
        _ event: Event, _ context: RiskContext, into values: inout [String: Double]
    ) {
        let names = ["payee", "device", "instrument", "address"]
        for (name, key) in zip(names, keys(event, context)) where key.key != 0 {
            let all = (byParty[key] ?? []).map { attempts[$0].event }
            for (label, span) in [
                ("1h", Self.spans[2]), ("24h", Self.spans[3]), ("30d", Self.spans[5]),
            ] {
                let inside = all.filter {
                    $0.recordedAt.rawValue > event.recordedAt.rawValue - span
                }
                values["\(name).count.\(label)"] = Double(inside.count)
                values["\(name).payers.\(label)"] = Double(Set(inside.map(\.payer)).count)
            }
        }
        let before = (posted[event.payer.rawValue] ?? []).map { attempts[$0] }
        values["payee.first"] = before.contains { $0.event.payee == event.payee } ? 0 : 1
        if context.device != .none {
            values["device.new"] = before.contains { $0.context.device == context.device } ? 0 : 1
        }
    }

    private func history(
        _ event: Event, leg: Leg, context: RiskContext, into values: inout [String: Double]
    ) {
        let now = event.recordedAt.rawValue
        let earlier = byPayer[event.payer.rawValue] ?? []
        if let last = earlier.last {
            let previous = attempts[last].event.recordedAt.rawValue
            values["payer.idle"] = Double(now - previous) / 1_000_000
        }
        let logarithm = log1p(Double(event.amount) / 100)
        values["amount.log"] = logarithm
        let available = leg.fromPosted - leg.fromReserved + leg.amount
        values["amount.drained"] =
            available > 0 ? min(1, Double(leg.amount) / Double(available)) : 1
        let solar = context.hasPlace ? Int64(context.longitude) * 240 : 0
        values["time.night"] = secondsOfDay(now + solar) < 5 * 3600 ? 1 : 0

        let known = (posted[event.payer.rawValue] ?? []).map { attempts[$0] }
        let currencies = Set(earlier.map { attempts[$0].event.currency } + [event.currency])
        if currencies.count == 1 { amounts(event, logarithm, known, into: &values) }
        if context.hasPlace { places(event, context, known, into: &values) }
        hours(now + solar, known, into: &values)
    }

    private func amounts(
        _ event: Event, _ logarithm: Double, _ known: [Attempt], into values: inout [String: Double]
    ) {
        if let largest = known.map(\.event.amount).max(), largest > 0 {
            values["amount.max_ratio"] = Double(event.amount) / Double(largest)
        }
        guard known.count >= 2 else { return }
        let one = Double(1 << 20)
        let fixed = known.map { Int128((log1p(Double($0.event.amount) / 100) * one).rounded()) }
        let (sum, squares) = (fixed.reduce(0, +), fixed.reduce(0) { $0 + $1 * $1 })
        let n = Double(known.count)
        let variance = Double(squares * Int128(known.count) - sum * sum) / (n * n) / (one * one)
        let deviation = ((n * variance + 1) / (n + 4)).squareRoot()
        values["amount.zscore"] = (logarithm - Double(sum) / n / one) / deviation
    }

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

    private func places(
        _ event: Event, _ context: RiskContext, _ known: [Attempt],
        into values: inout [String: Double]
    ) {
        let placed = known.filter(\.context.hasPlace)
        guard var last = placed.first else { return }
        for attempt in placed where attempt.event.recordedAt >= last.event.recordedAt {
            last = attempt
        }
        let one = Double(1 << 30)
        let here = vector(context)
        let difference = zip(here, vector(last.context)).map { ($0 - $1) / one }
        let distance = arc(difference, [0, 0, 0])
        values["place.last_km"] = distance
        let elapsed = event.recordedAt.rawValue - last.event.recordedAt.rawValue
        values["place.speed_kmh"] = distance / (max(1, Double(elapsed) / 1_000_000) / 3600)
        let sums = (0..<3).map { axis in
            Double(placed.reduce(Int64(0)) { $0 + Int64(vector($1.context)[axis]) })
        }
        let length = (sums[0] * sums[0] + sums[1] * sums[1] + sums[2] * sums[2]).squareRoot()
        guard length > 0 else { return }
        values["place.home_km"] = arc(here.map { $0 / one }, sums.map { $0 / length })
    }

    private func secondsOfDay(_ micros: Int64) -> Double {
        Double(((micros % 86_400_000_000) + 86_400_000_000) % 86_400_000_000) / 1_000_000
    }

    private func angle(_ micros: Int64) -> Double {
        let rest = ((micros % 86_400_000_000) + 86_400_000_000) % 86_400_000_000
        return Double(rest) * (2 * .pi / Double(86_400_000_000))
    }

    private func hours(_ local: Int64, _ known: [Attempt], into values: inout [String: Double]) {
        guard known.count >= 3 else { return }
        let angles = known.map {
            angle(
                $0.event.recordedAt.rawValue
                    + ($0.context.hasPlace ? Int64($0.context.longitude) * 240 : 0))
        }
        let one = Double(1 << 30)
        let cosines = angles.reduce(Int64(0)) { $0 + Int64((cos($1) * one).rounded()) }
        let sines = angles.reduce(Int64(0)) { $0 + Int64((sin($1) * one).rounded()) }
        guard cosines != 0 || sines != 0 else { return }
        var difference = abs(angle(local) - atan2(Double(sines), Double(cosines)))
        if difference > 2 * .pi { difference -= 2 * .pi }
        if difference > .pi { difference = 2 * .pi - difference }
        values["time.habit"] = difference * (12 / .pi)
    }
}

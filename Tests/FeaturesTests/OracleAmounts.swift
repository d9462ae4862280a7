import EventLog
import Glibc

/// How large payments were, for the ``Oracle``: lists of all that was posted, gone through anew each time, and the
/// clipped mean that only makes sense in the order of posting.
struct OracleAmounts {
    /// Mean and scatter of amounts (Welford), as far as each is clipped.
    struct Spread {
        var count = 0.0
        var mean = 0.0
        var scatter = 0.0

        mutating func add(_ value: Double) {
            count += 1
            let difference = value - mean
            mean += difference / count
            scatter += difference * (value - mean)
        }

        func usual(_ all: Spread) -> Double { (count * mean + 2 * all.mean) / (count + 2) }
        func deviation(_ usual: Double) -> Double {
            ((scatter + 4 * (0.25 * usual * usual)) / (count + 4)).squareRoot()
        }
    }

    var all: [UInt16: Spread] = [:]
    var own: [Int64: Spread] = [:]
    /// Amounts in minor units, in the order of posting.
    var ofPayer: [Int64: [Int64]] = [:]
    var ofPayee: [Int64: [Int64]] = [:]
    var ofCategory: [UInt16: [(currency: UInt16, amount: Int64)]] = [:]
    var ofPayerCategory: [Int64: [UInt16: [Int64]]] = [:]
    var currencies: [Int64: Set<UInt16>] = [:]
    var attempted: [Int64: [Int64]] = [:]

    func isMixed(_ payer: Int64) -> Bool { (currencies[payer]?.count ?? 0) > 1 }

    mutating func attempted(_ attempt: Oracle.Attempt) {
        attempted[attempt.payer, default: []].append(attempt.event.amount)
    }

    func isOutlier(_ attempt: Oracle.Attempt, _ deviation: Double?) -> Bool {
        (own[attempt.payer]?.count ?? 0) >= 3 && (deviation ?? 0) >= 3
    }

    mutating func post(_ attempt: Oracle.Attempt, isPayeeMixed: Bool) {
        let (payer, amount) = (attempt.payer, attempt.event.amount)
        let population = all[attempt.event.currency] ?? Spread()
        all[attempt.event.currency, default: Spread()].add(attempt.major)
        if !isPayeeMixed { ofPayee[attempt.payee, default: []].append(amount) }
        if attempt.category != 0 {
            ofCategory[attempt.category, default: []].append((attempt.event.currency, amount))
        }
        guard !isMixed(payer) else { return }
        var spread = own[payer] ?? Spread()
        let usual = spread.usual(population)
        let bound = usual + 3 * spread.deviation(usual)
        spread.add(spread.count >= 3 ? min(bound, attempt.major) : attempt.major)
        own[payer] = spread
        ofPayer[payer, default: []].append(amount)
        if attempt.category != 0 {
            ofPayerCategory[payer, default: [:]][attempt.category, default: []].append(amount)
        }
    }

    static func logarithm(_ minor: Int64) -> Double { log1p(Double(minor) / 100) }

    static func score(_ amount: Int64, _ known: [Int64]) -> Double? {
        guard known.count >= 2 else { return nil }
        let one = Double(1 << 20)
        let fixed = known.map { Int128((logarithm($0) * one).rounded()) }
        let (sum, squares) = (fixed.reduce(0, +), fixed.reduce(0) { $0 + $1 * $1 })
        let n = Double(known.count)
        let variance = Double(squares * Int128(known.count) - sum * sum) / (n * n) / (one * one)
        let deviation = ((n * variance + 1) / (n + 4)).squareRoot()
        return (logarithm(amount) - Double(sum) / n / one) / deviation
    }

    static func mean(_ known: [Int64]) -> Double {
        let one = Double(1 << 20)
        let sum = known.reduce(Int128(0)) { $0 + Int128((logarithm($1) * one).rounded()) }
        return Double(sum) / Double(known.count) / one
    }

    static func rank(_ amount: Int64, _ known: [Int64]) -> Double? {
        func code(_ minor: Int64) -> Int { Int((logarithm(minor) * 1024).rounded()) }
        let last = known.suffix(12)
        guard !last.isEmpty else { return nil }
        let halves = last.reduce(1) { sum, earlier in
            let (a, b) = (code(earlier), code(amount))
            return sum + (a < b ? 2 : a == b ? 1 : 0)
        }
        return Double(halves) / Double(2 * (last.count + 1))
    }

    func ownCategoryScore(_ attempt: Oracle.Attempt) -> Double? {
        guard let posted = ofPayer[attempt.payer], !posted.isEmpty else { return nil }
        let known = ofPayerCategory[attempt.payer]?[attempt.category] ?? []
        let n = Double(known.count)
        let logarithms = known.map(Self.logarithm)
        let sum = logarithms.reduce(0) { $0 + Int(($1 * 4096).rounded()) }
        let squares = logarithms.reduce(0) { $0 + Int(($1 * $1 * 64).rounded()) }
        let mean = known.isEmpty ? 0 : Double(sum) / 4096 / n
        let square = known.isEmpty ? 0 : Double(squares) / 64 / n
        let variance = max(0, square - mean * mean)
        let centre = (n * mean + 2 * Self.mean(posted)) / (n + 2)
        let deviation = ((n * variance + 1) / (n + 4)).squareRoot()
        return (Self.logarithm(attempt.event.amount) - centre) / deviation
    }
}

internal import Glibc
internal import Scoring

/// Fits log-odds = slope · margin + offset to held-out rows, with the smoothed targets and the
/// Newton steps of Platt: *Probabilistic outputs for support vector machines*, 1999, and Lin, Lin,
/// Weng 2007.
enum PlattCalibration {
    /// A slope of at least 10⁻³: calibration never turns the order round.
    static func fit(margins: [Double], isFraud: [Bool]) -> Calibration {
        let frauds = Double(isFraud.reduce(0) { $0 + ($1 ? 1 : 0) })
        let honest = Double(isFraud.count) - frauds
        let high = (frauds + 1) / (frauds + 2)
        let low = 1 / (honest + 2)
        var slope = 1.0
        var offset = 0.0
        func objective(_ a: Double, _ b: Double) -> Double {
            var sum = 0.0
            for (margin, fraud) in zip(margins, isFraud) {
                let x = a * margin + b
                sum += softplus(x) - (fraud ? high : low) * x
            }
            return sum
        }
        var current = objective(slope, offset)
        for _ in 0..<100 {
            var (ga, gb, haa, hab, hbb) = (0.0, 0.0, 1e-12, 0.0, 1e-12)
            for (margin, fraud) in zip(margins, isFraud) {
                let p = 1 / (1 + exp(-(slope * margin + offset)))
                let residual = p - (fraud ? high : low)
                let weight = p * (1 - p)
                ga += residual * margin
                gb += residual
                haa += weight * margin * margin
                hab += weight * margin
                hbb += weight
            }
            if max(ga.magnitude, gb.magnitude) < 1e-9 * Double(margins.count) { break }
            let determinant = haa * hbb - hab * hab
            guard determinant > 0 else { break }
            let da = (hbb * ga - hab * gb) / determinant
            let db = (haa * gb - hab * ga) / determinant
            var length = 1.0
            while length > 1e-10 {
                let value = objective(slope - length * da, offset - length * db)
                if value <= current {
                    slope -= length * da
                    offset -= length * db
                    current = value
                    break
                }
                length /= 2
            }
            if length <= 1e-10 { break }
        }
        return Calibration(slope: max(1e-3, slope), offset: offset)
    }

    /// log(1 + exp(x)) without overflow.
    private static func softplus(_ x: Double) -> Double { max(x, 0) + log1p(exp(-x.magnitude)) }
}

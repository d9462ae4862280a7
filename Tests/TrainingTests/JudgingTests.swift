import Glibc
import LinearAlgebra
import Scoring
import Simulation
import Testing

@testable import Training

@Suite struct MetricsTests {
    @Test func `areas are those of small examples worked by hand`() {
        let isFraud = [true, false, true, false, false]
        let scores = [0.9, 0.8, 0.7, 0.7, 0.1]
        // Pairs in order: 3 of the first fraud, 1.5 of the second, of 6.
        #expect(RankMetrics.areaUnderCurve(scores: scores, isFraud: isFraud) == 4.5 / 6)
        // Half the recall at precision 1, half at 2/4.
        #expect(RankMetrics.averagePrecision(scores: scores, isFraud: isFraud) == 0.75)
    }

    @Test func `calibration finds the slope and offset that made the classes`() {
        var random = SeededRandom(seed: 6)
        let margins = (0..<20_000).map { _ in 2 * random.normal() }
        let isFraud = margins.map { random.chance(1 / (1 + exp(-(0.7 * $0 - 1)))) }
        let calibration = PlattCalibration.fit(margins: margins, isFraud: isFraud)
        #expect(abs(calibration.slope - 0.7) < 0.05 && abs(calibration.offset + 1) < 0.06)
        let reversed = PlattCalibration.fit(margins: margins.map { -$0 }, isFraud: isFraud)
        #expect(reversed.slope > 0)
    }
}

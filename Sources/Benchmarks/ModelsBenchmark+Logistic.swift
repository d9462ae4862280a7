internal import LinearAlgebra
internal import Simulation
internal import Training

extension ModelsBenchmark {
    private static let columns = 20

    /// scikit-learn's default is C = 1: a penalty of 1/n of the mean loss.
    func measureLogistic(
        _ peer: inout PeerProcess?, _ folder: String, _ report: inout BenchmarkReport,
        _ progress: (String) -> Void
    ) throws {
        let table = ModelTable.classes(
            name: "logistic", rows: logisticRows, columns: Self.columns, seed: 1)
        try table.send(to: &peer, folder)
        let design = table.design()
        let names = (0...Self.columns).map { "x\($0)" }
        let penalty = 1 / Double(logisticRows)
        let regression = LogisticRegression(penalty: penalty)
        var (times, peerTimes) = ([Double](), [Double]())
        var fit: LogisticRegression.Fit?
        var peerWeights: [Double] = []
        for round in 0..<rounds {
            progress("logistic: round \(round + 1)")
            times.append(
                try Self.seconds {
                    fit = try regression.fit(design, isFraud: table.labels, names: names)
                })
            guard peer != nil else { continue }
            let answer = try peer?.ask("logistic_fit", ["name": table.name]) ?? [:]
            guard let time = answer["seconds"] as? Double,
                let weights = answer["weights"] as? [Double]
            else { throw BenchmarkError("the peer's logistic regression has no weights") }
            peerTimes.append(time)
            peerWeights = weights
        }
        report.add("logistic_fit_s", Self.median(times), decimals: 3)
        if !peerTimes.isEmpty {
            report.add("logistic_peer_fit_s", Self.median(peerTimes), decimals: 3)
            report.add(
                "logistic_fit_ratio", Self.median(times) / Self.median(peerTimes), decimals: 3)
        }
        guard let fit else { return }
        report.add("logistic_iterations", Double(fit.iterations), decimals: 0)
        report.add("logistic_gradient", String(fit.gradient))
        let best = try LogisticRegression(penalty: penalty, tolerance: 1e-13)
            .fit(design, isFraud: table.labels, names: names)
        guard peer != nil else {
            report.add(
                "logistic_objective_gap",
                String((fit.objective - best.objective) / best.objective))
            return
        }
        func objective(_ weights: [Double]) throws -> Double {
            try peer?.number(
                "value", of: "objective",
                ["name": table.name, "weights": weights, "penalty": penalty]) ?? .nan
        }
        let least = try objective(best.weights)
        report.add(
            "logistic_objective_gap", String((try objective(fit.weights) - least) / least))
        report.add(
            "logistic_peer_objective_gap", String((try objective(peerWeights) - least) / least))
    }
}

public import Scoring

extension Explainer.Account {
    private static let halfWidth = 16

    /// For people: bars to the right of the middle speak for fraud, to the left against it; all of them, or the longest.
    public func text(identifier: String, most: Int = 24) -> String {
        var parts = logistic.filter { $0.contribution != 0 }
        parts += forest.filter { $0.contribution != 0 }.map {
            Part(name: "forest: " + $0.name, value: $0.value, contribution: $0.contribution)
        }
        if forestOffset != 0 {
            parts.append(Part(name: "forest: every row", value: .nan, contribution: forestOffset))
        }
        let order = parts.indices.sorted {
            let (a, b) = (parts[$0].contribution.magnitude, parts[$1].contribution.magnitude)
            return a == b ? $0 < $1 : a > b
        }
        let longest = order.first.map { parts[$0].contribution.magnitude } ?? 1
        let (score, sum) =
            switch link {
            case .logistic: ("probability of fraud", "log-odds")
            case .powerOfTwo: ("anomaly score", "log₂ score")
            }
        var table = TextTable("part", "value", sum, "against fraud │ for fraud")
        table.add("intercept", "", FigureText.fixed(intercept, 3), Self.bar(0, 1))
        for index in order.prefix(most) {
            let part = parts[index]
            table.add(
                part.name, part.value.isNaN ? "–" : FigureText.short(part.value),
                FigureText.fixed(part.contribution, 3), Self.bar(part.contribution, longest))
        }
        let rest = order.dropFirst(most).reduce(0) { $0 + parts[$1].contribution }
        if order.count > most {
            table.add(
                "\(order.count - most) others", "", FigureText.fixed(rest, 3),
                Self.bar(rest, longest))
        }
        table.add(sum, "", FigureText.fixed(logOdds, 3), Self.bar(0, 1))
        return "\(identifier): \(score) \(FigureText.fixed(probability, 6))\n\n"
            + table.text
    }

    private static func bar(_ value: Double, _ longest: Double) -> String {
        let length = min(halfWidth, Int((value.magnitude / longest * Double(halfWidth)).rounded()))
        let full = String(repeating: "█", count: length)
        let space = String(repeating: " ", count: halfWidth - length)
        let none = String(repeating: " ", count: halfWidth)
        return value < 0 ? space + full + "│" + none : none + "│" + full + space
    }
}

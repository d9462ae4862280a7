/// What rules can ask about, by name, with units.
public struct RuleInputs: Sendable {
    /// One number of a row.
    public struct Input: Sendable, Equatable {
        /// As rules name it.
        public var name: String
        /// Seconds in its unit; nil if it is no time.
        public var seconds: Double?

        /// An input; units `s`, `min`, `h` and `d` are times.
        public init(name: String, unit: String) {
            self.name = name
            seconds = ["s": 1, "min": 60, "h": 3_600, "d": 86_400][unit]
        }
    }

    /// In the order of a row.
    public let inputs: [Input]
    private let places: [String: Int]

    /// Name of the model's score, which stands behind all others in a row.
    public static let scoreName = "score"

    /// The inputs of a row, in order; the score is added behind them.
    public init(_ inputs: [Input]) {
        self.inputs = inputs + [Input(name: Self.scoreName, unit: "1")]
        var places: [String: Int] = [:]
        for (index, input) in self.inputs.enumerated() where places[input.name] == nil {
            places[input.name] = index
        }
        self.places = places
    }

    func place(of name: String) -> Int? { places[name] }

    /// The name most like this one, for errors; nil if none is like it.
    func nearest(to name: String) -> String? {
        let best = inputs.map { (name: $0.name, distance: Self.distance(name, $0.name)) }
            .min { $0.distance < $1.distance }
        guard let best, best.distance <= max(2, name.count / 3) else { return nil }
        return best.name
    }

    /// Edits that make one text of the other (Levenshtein 1966).
    private static func distance(_ first: String, _ second: String) -> Int {
        let (first, second) = (Array(first.utf8), Array(second.utf8))
        var row = Array(0...second.count)
        for (index, byte) in first.enumerated() {
            var before = row[0]
            row[0] = index + 1
            for (place, other) in second.enumerated() {
                let edits = min(
                    row[place] + 1, row[place + 1] + 1, before + (byte == other ? 0 : 1))
                before = row[place + 1]
                row[place + 1] = edits
            }
        }
        return row[second.count]
    }
}

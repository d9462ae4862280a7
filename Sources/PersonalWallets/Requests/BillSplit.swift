/// How a bill is split: whole minor units that add up to it exactly.
public enum BillSplit {
    /// Parts of `totalMinor` in the proportion of `weights`, by the method of largest remainders: each has its exact part
    /// rounded down, and the units that are left go one by one to those of whom most was cut off, the earlier first.
    ///
    /// - Returns: nil unless the total is at least 1 and all weights are at least 1 and at most 1,000,000.
    public static func parts(ofMinor totalMinor: Int64, by weights: [Int64]) -> [Int64]? {
        guard totalMinor > 0, !weights.isEmpty,
            weights.allSatisfy({ (1...1_000_000).contains($0) })
        else { return nil }
        let sum = weights.reduce(Int128(0)) { $0 + Int128($1) }
        let products = weights.map { Int128(totalMinor) * Int128($0) }
        var parts = products.map { Int64($0 / sum) }
        let left = Int(totalMinor - parts.reduce(0, +))
        let order = products.indices.sorted { a, b in
            let (cutA, cutB) = (products[a] % sum, products[b] % sum)
            return cutA == cutB ? a < b : cutA > cutB
        }
        for index in order.prefix(left) { parts[index] += 1 }
        return parts
    }
}

/// The largest of some contributions, those above 0 only: the largest first, equal ones in the order they were offered.
struct Strongest {
    private(set) var numbers: [Int] = []
    private var contributions: [Double] = []
    /// What a contribution must be above to be among them.
    private var floor = 0.0
    private let limit: Int

    init(_ limit: Int) {
        self.limit = limit
        numbers.reserveCapacity(limit + 1)
        contributions.reserveCapacity(limit + 1)
    }

    @inline(__always)
    mutating func offer(_ number: Int, _ contribution: Double) {
        if contribution > floor { insert(number, contribution) }
    }

    @inline(never)
    private mutating func insert(_ number: Int, _ contribution: Double) {
        var place = contributions.count
        while place > 0, contributions[place - 1] < contribution { place -= 1 }
        numbers.insert(number, at: place)
        contributions.insert(contribution, at: place)
        if numbers.count > limit {
            numbers.removeLast()
            contributions.removeLast()
        }
        if numbers.count == limit, let last = contributions.last { floor = last }
    }
}

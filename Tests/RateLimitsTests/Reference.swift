/// A leaky bucket by its water: another way to say the same, kept for each key without limit.
struct LeakyBucket {
    let interval: Int64
    let burst: Int64
    private var water: Int64 = 0
    private var last: Int64?

    init(perSecond: Int, burst: Int) {
        interval = 1_000_000_000 / Int64(perSecond)
        self.burst = Int64(burst)
    }

    /// Whether one more fits in at a moment.
    mutating func fits(at now: Int64) -> Bool {
        leak(to: now)
        return water + interval <= burst * interval
    }

    mutating func pour() { water += interval }

    /// How many more fit in.
    var room: Int { Int((burst * interval - water) / interval) }

    private mutating func leak(to now: Int64) {
        water = max(0, water - (now - (last ?? now)))
        last = now
    }
}

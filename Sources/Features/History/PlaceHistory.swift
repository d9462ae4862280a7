/// Where a payer's posted transfers were made.
struct PlaceHistory: BitwiseCopyable {
    private var count: UInt32 = 0
    private(set) var last = UnitVector()
    /// When the transfer made at `last` was reserved, microseconds.
    private(set) var lastTime: Int64 = 0
    private var sumX: Int64 = 0
    private var sumY: Int64 = 0
    private var sumZ: Int64 = 0

    var isEmpty: Bool { count == 0 }

    /// Adds a posted transfer; the latest reserved is the last place, of equally late ones that posted last.
    mutating func add(_ place: UnitVector, time: Int64) {
        if count == 0 || time >= lastTime { (last, lastTime) = (place, time) }
        if count < .max { count += 1 }
        sumX &+= Int64(place.x)
        sumY &+= Int64(place.y)
        sumZ &+= Int64(place.z)
    }

    /// Distance in km from home, the direction of the sum of all places; nil if there is none.
    func distanceFromHomeKm(_ place: UnitVector) -> Double? {
        let (x, y, z) = (Double(sumX), Double(sumY), Double(sumZ))
        let length = (x * x + y * y + z * z).squareRoot()
        guard count > 0, length > 0 else { return nil }
        return UnitVector.arcKm(
            Double(place.x) / UnitVector.one - x / length,
            Double(place.y) / UnitVector.one - y / length,
            Double(place.z) / UnitVector.one - z / length)
    }
}

internal import Glibc

/// A point on the unit sphere in fixed point (30 fractional bits: 6 mm on the Earth), so that sums of points are exact
/// and do not depend on their order.
struct UnitVector: BitwiseCopyable {
    var x: Int32
    var y: Int32
    var z: Int32

    static var one: Double { 1_073_741_824 }
    /// Mean radius of the Earth (IUGG), km.
    static var earthRadiusKm: Double { 6371.0088 }

    init() { (x, y, z) = (0, 0, 0) }

    /// From microdegrees, WGS 84, the Earth taken as a sphere.
    init(latitude: Int32, longitude: Int32) {
        let phi = Double(latitude) * (.pi / 180_000_000)
        let lambda = Double(longitude) * (.pi / 180_000_000)
        let radius = cos(phi)
        x = Self.fixed(radius * cos(lambda))
        y = Self.fixed(radius * sin(lambda))
        z = Self.fixed(sin(phi))
    }

    /// `value` in -1 … 1 in fixed point.
    @inline(__always)
    static func fixed(_ value: Double) -> Int32 { Int32((value * one).nearestInteger) }

    /// Great-circle distance in km: 2R·asin(chord / 2).
    func distanceKm(to other: UnitVector) -> Double {
        Self.arcKm(
            (Double(x) - Double(other.x)) / Self.one, (Double(y) - Double(other.y)) / Self.one,
            (Double(z) - Double(other.z)) / Self.one)
    }

    static func arcKm(_ dx: Double, _ dy: Double, _ dz: Double) -> Double {
        let chord = (dx * dx + dy * dy + dz * dz).squareRoot()
        return 2 * earthRadiusKm * asin(min(1, chord / 2))
    }
}

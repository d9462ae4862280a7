internal import Glibc

/// A point on the earth, in degrees, WGS 84.
public struct Place: Sendable, Equatable {
    /// Degrees north of the equator, -90 … 90.
    public var latitude: Double
    /// Degrees east of Greenwich, -180 … 180.
    public var longitude: Double

    /// A point by its degrees.
    public init(latitude: Double, longitude: Double) {
        self.latitude = latitude
        self.longitude = longitude
    }

    /// Great-circle distance in kilometres (haversine formula).
    func distanceKm(to other: Place) -> Double {
        let toRadians = Double.pi / 180
        let dLatitude = (other.latitude - latitude) * toRadians
        let dLongitude = (other.longitude - longitude) * toRadians
        let a =
            pow(sin(dLatitude / 2), 2) + cos(latitude * toRadians)
            * cos(other.latitude * toRadians) * pow(sin(dLongitude / 2), 2)
        return 2 * 6_371 * asin(min(1, a.squareRoot()))
    }

    /// A place some kilometres away, in a normal distribution, to a thousandth of a degree.
    func near(spreadKm: Double, _ random: inout SeededRandom) -> Place {
        let perDegree = 111.0
        let shrink = max(0.2, cos(latitude * Double.pi / 180))
        let north = random.normal() * spreadKm / perDegree
        let east = random.normal() * spreadKm / perDegree / shrink
        return Place(
            latitude: Place.rounded(max(-85, min(85, latitude + north))),
            longitude: Place.rounded(Place.wrapped(longitude + east)))
    }

    private static func rounded(_ degrees: Double) -> Double {
        (degrees * 1_000).rounded() / 1_000
    }

    private static func wrapped(_ longitude: Double) -> Double {
        longitude >= 180 ? longitude - 360 : longitude < -180 ? longitude + 360 : longitude
    }

    /// Centres of cities, people live and shop around them; the first are the largest.
    static let cities: [Place] = [
        (40.71, -74.01), (51.51, -0.13), (48.86, 2.35), (52.52, 13.40), (34.05, -118.24),
        (41.88, -87.63), (40.42, -3.70), (45.46, 9.19), (41.01, 28.98), (52.37, 4.90),
        (50.85, 4.35), (53.35, -6.26), (38.72, -9.14), (59.33, 18.07), (48.21, 16.37),
        (52.23, 21.01), (47.61, -122.33), (29.76, -95.37), (25.76, -80.19), (43.65, -79.38),
        (19.43, -99.13), (-23.55, -46.63), (-34.60, -58.38), (6.52, 3.38), (-26.20, 28.05),
        (30.04, 31.24), (25.20, 55.27), (19.08, 72.88), (1.35, 103.82), (35.68, 139.69),
        (37.57, 126.98), (-33.87, 151.21),
    ].map { Place(latitude: $0.0, longitude: $0.1) }
}

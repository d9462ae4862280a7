internal import EventLog
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
    static let cities: [Place] = towns.map { Place(latitude: $0.1, longitude: $0.2) }

    /// Countries of the cities.
    static let countries: [CountryCode] = towns.map { CountryCode($0.0) ?? .none }

    /// The country of the nearest city: no other is known of here.
    var country: CountryCode {
        var (nearest, least) = (CountryCode.none, Double.infinity)
        for (city, country) in zip(Self.cities, Self.countries) {
            // Nearly all places are near a city, so that a rough measure does for most.
            let north = abs(city.latitude - latitude)
            guard north * 111 < least else { continue }
            let distance = distanceKm(to: city)
            if distance < least { (nearest, least) = (country, distance) }
        }
        return nearest
    }

    private static let towns: [(String, Double, Double)] = [
        ("US", 40.71, -74.01), ("GB", 51.51, -0.13), ("FR", 48.86, 2.35), ("DE", 52.52, 13.40),
        ("US", 34.05, -118.24), ("US", 41.88, -87.63), ("ES", 40.42, -3.70),
        ("IT", 45.46, 9.19), ("TR", 41.01, 28.98), ("NL", 52.37, 4.90), ("BE", 50.85, 4.35),
        ("IE", 53.35, -6.26), ("PT", 38.72, -9.14), ("SE", 59.33, 18.07), ("AT", 48.21, 16.37),
        ("PL", 52.23, 21.01), ("US", 47.61, -122.33), ("US", 29.76, -95.37),
        ("US", 25.76, -80.19), ("CA", 43.65, -79.38), ("MX", 19.43, -99.13),
        ("BR", -23.55, -46.63), ("AR", -34.60, -58.38), ("NG", 6.52, 3.38),
        ("ZA", -26.20, 28.05), ("EG", 30.04, 31.24), ("AE", 25.20, 55.27), ("IN", 19.08, 72.88),
        ("SG", 1.35, 103.82), ("JP", 35.68, 139.69), ("KR", 37.57, 126.98),
        ("AU", -33.87, 151.21),
    ]
}

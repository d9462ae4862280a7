internal import Glibc

/// A cell of the globe: a hundredth of a degree each way, 1.1 km from south to north.
enum PlaceCell {
    private static var rows: Int { 18_000 }
    private static var columns: Int { 36_000 }

    /// The cell of a place in microdegrees: row above column.
    static func cell(latitude: Int32, longitude: Int32) -> UInt32 {
        let south = max(0, min(180_000_000, Int(latitude) + 90_000_000))
        let east = ((Int(longitude) + 180_000_000) % 360_000_000 + 360_000_000) % 360_000_000
        return UInt32(min(rows - 1, south / 10_000)) << 16 | UInt32(east / 10_000)
    }

    /// Distances between the centres of cells, as haversines: sin²(d / 2R). They grow with the distance d, so that most
    /// comparisons need no more.
    struct Distances: Sendable {
        /// By rows or columns apart.
        private let squares: [Double]
        private let cosines: [Double]

        init() {
            squares = (0...columns).map { steps in
                let half = sin(Double(steps) * (.pi / 36_000))
                return half * half
            }
            cosines = (0..<rows).map { row in
                cos((Double(row) + 0.5 - 9_000) * (.pi / 18_000))
            }
        }

        @inline(__always)
        func haversine(_ a: UInt32, _ b: UInt32) -> Double {
            let (rowA, rowB) = (Int(a >> 16), Int(b >> 16))
            let (columnA, columnB) = (Int(a & 0xffff), Int(b & 0xffff))
            let apart = abs(columnA - columnB)
            return squares[abs(rowA - rowB)]
                + cosines[rowA] * cosines[rowB] * squares[min(apart, columns - apart)]
        }

        static func km(_ haversine: Double) -> Double {
            2 * UnitVector.earthRadiusKm * asin(min(1, haversine.squareRoot()))
        }

        static func haversine(km: Double) -> Double {
            let half = sin(km / (2 * UnitVector.earthRadiusKm))
            return half * half
        }
    }
}

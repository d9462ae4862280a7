/// Cells of which every row is in exactly one: a feature's bins, or those of a pair. The cell
/// with most rows is the reference: its weight is 0 and the others are against it.
struct CellGroup: Sendable {
    /// The feature, of a pair the one with the smaller index.
    let first: Int
    /// A pair's other feature.
    let second: Int?
    /// Place on the first axis of each fine bin.
    let firstPlaces: [UInt8]
    /// Place on the second axis of each fine bin; empty without one.
    let secondPlaces: [UInt8]
    /// Cell of each pair of places, the first axis's one after another.
    let cells: [UInt8]
    /// Number of cells.
    let count: Int
    /// Cells that lie side by side, and are like one another.
    let neighbours: [(Int, Int)]
    /// Rows of each cell.
    private(set) var rowCounts: [Int] = []
    private(set) var reference = 0

    private var width: Int { second == nil ? 1 : Int(secondPlaces.max() ?? 0) + 1 }

    /// A feature's steps.
    init(_ table: FitTable, feature: Int, places: [UInt8], isOrdered: Bool) {
        first = feature
        second = nil
        firstPlaces = places
        secondPlaces = []
        count = Int(places.max() ?? 0) + 1
        cells = (0..<count).map { UInt8($0) }
        // Cell 0 is the missing value's, which has no neighbour.
        neighbours = isOrdered ? (1..<max(1, count - 1)).map { ($0, $0 + 1) } : []
        countRows(table)
    }

    /// A pair's cells: one for each two places. An axis that is not ordered has no neighbours.
    init(
        _ table: FitTable, first: Int, second: Int, firstPlaces: [UInt8], secondPlaces: [UInt8],
        isFirstOrdered: Bool, isSecondOrdered: Bool
    ) {
        self.first = first
        self.second = second
        self.firstPlaces = firstPlaces
        self.secondPlaces = secondPlaces
        let height = Int(firstPlaces.max() ?? 0) + 1
        let width = Int(secondPlaces.max() ?? 0) + 1
        count = height * width
        precondition(count <= 256, "cells are numbered by one byte")
        cells = (0..<count).map { UInt8($0) }
        var neighbours: [(Int, Int)] = []
        // A place of the missing value alone has no neighbour.
        let firstStart = firstPlaces.count > 1 && firstPlaces[0] != firstPlaces[1] ? 1 : 0
        let secondStart = secondPlaces.count > 1 && secondPlaces[0] != secondPlaces[1] ? 1 : 0
        for row in 0..<height {
            for column in 0..<width {
                let cell = row * width + column
                if isFirstOrdered, row >= firstStart, row + 1 < height {
                    neighbours.append((cell, cell + width))
                }
                if isSecondOrdered, column >= secondStart, column + 1 < width {
                    neighbours.append((cell, cell + 1))
                }
            }
        }
        self.neighbours = neighbours
        countRows(table)
    }

    private mutating func countRows(_ table: FitTable) {
        var counts = [Int](repeating: 0, count: count)
        for row in 0..<table.count { counts[cell(of: row, table)] += 1 }
        rowCounts = counts
        reference = counts.indices.max { counts[$0] < counts[$1] } ?? 0
    }

    @inline(__always) func cell(of row: Int, _ table: FitTable) -> Int {
        let bin = Int(table.codes(of: first)[row])
        guard let second else { return cell(bin, 0) }
        return cell(bin, Int(table.codes(of: second)[row]))
    }

    /// The cell of two fine bins; of a feature's steps the second does not matter.
    @inline(__always) func cell(_ firstBin: Int, _ secondBin: Int) -> Int {
        let place = Int(firstPlaces[firstBin])
        guard second != nil else { return place }
        return Int(cells[place * width + Int(secondPlaces[secondBin])])
    }

    /// Index among the group's weights; nil for the reference.
    func weight(of cell: Int) -> Int? {
        cell == reference ? nil : cell < reference ? cell : cell - 1
    }

    /// Number of weights.
    var weightCount: Int { count - 1 }
}

/// The places that a payer is remembered to have been at, sixteen at most.
extension FeatureState {
    /// Places a payer may have.
    static var maximumSpots: Int { 16 }
    private static var perChunk: Int { 8 }

    @inline(__always)
    private func spot(_ payer: UnsafePointer<Payer>, _ index: Int) -> Spot {
        let chunk = spots.read(payer.pointee.spots[index / Self.perChunk])
        return UnsafeRawPointer(chunk).assumingMemoryBound(to: Spot.self)[index % Self.perChunk]
    }

    /// Gives all of a payer's places to `body`, in order.
    @inline(__always)
    private func eachSpot(_ payer: UnsafePointer<Payer>, _ body: (Spot) -> Void) {
        var left = Int(payer.pointee.spotCount)
        var chunk = 0
        while left > 0 {
            let start = UnsafeRawPointer(spots.read(payer.pointee.spots[chunk]))
                .assumingMemoryBound(to: Spot.self)
            for index in 0..<min(left, Self.perChunk) { body(start[index]) }
            left -= Self.perChunk
            chunk += 1
        }
    }

    @inline(__always)
    private mutating func changeSpot(
        _ payer: UnsafePointer<Payer>, _ index: Int
    ) -> UnsafeMutablePointer<Spot> {
        let chunk = spots.change(payer.pointee.spots[index / Self.perChunk])
        return UnsafeMutableRawPointer(chunk).assumingMemoryBound(to: Spot.self)
            + index % Self.perChunk
    }

    @inline(__always)
    private func spotIndex(_ payer: UnsafePointer<Payer>, _ cell: UInt32) -> Int? {
        for index in 0..<Int(payer.pointee.spotCount) where spot(payer, index).cell == cell {
            return index
        }
        return nil
    }

    /// Number of the payer's attempt before at this place, which is the party `place`; nil if none is remembered.
    /// The attempt that is about to enter the log becomes the last one there.
    @inline(__always)
    mutating func enterSpot(payer number: UInt32, cell: UInt32, place: UInt32) -> Int64? {
        let payer = payers.read(number)
        let next = UInt32(truncatingIfNeeded: log.end)
        guard let index = spotIndex(payer, cell) else {
            addSpot(number, Spot(cell: cell, last: next))
            return nil
        }
        let spot = changeSpot(payer, index)
        let last = spot.pointee.last
        spot.pointee.last = next
        guard let previous = log.number(last) else { return nil }
        // The low bits of a number come again after four thousand million attempts.
        let activity = log[previous]
        return activity.place == place && means[activity.means].payer == number ? previous : nil
    }

    /// Low bits of the number of the payer's attempt before at a place.
    @inline(__always)
    mutating func lastAttempt(payer number: UInt32, cell: UInt32) -> UInt32? {
        let payer = payers.read(number)
        return spotIndex(payer, cell).map { spot(payer, $0).last }
    }

    /// Remembers one more place; of sixteen the least visited gives way, of equals the one that was left longest ago.
    private mutating func addSpot(_ number: UInt32, _ spot: Spot) {
        let payer = payers.read(number)
        let count = Int(payer.pointee.spotCount)
        if count == Self.maximumSpots {
            let index = leastSpot(payer)
            changeSpot(payer, index).pointee = spot
            return
        }
        if count % Self.perChunk == 0 {
            guard let chunk = spots.insert(SpotChunk()) else { return }
            payers.change(number).pointee.spots[count / Self.perChunk] = chunk
        }
        payers.change(number).pointee.spotCount += 1
        changeSpot(payer, count).pointee = spot
    }

    private mutating func leastSpot(_ payer: UnsafePointer<Payer>) -> Int {
        let end = UInt32(truncatingIfNeeded: log.end)
        var (least, visits, age) = (0, UInt32.max, UInt32.min)
        for index in 0..<Int(payer.pointee.spotCount) {
            let spot = spot(payer, index)
            let spotAge = end &- spot.last
            if spot.visits < visits || spot.visits == visits && spotAge > age {
                (least, visits, age) = (index, spot.visits, spotAge)
            }
        }
        return least
    }

    /// A payment at this place was posted, that was reserved at `time`.
    mutating func visit(payer number: UInt32, cell: UInt32, time: Int64) {
        if spotIndex(payers.read(number), cell) == nil {
            // Attempts before it was forgotten may have been counted twice already: none of them is its last one.
            addSpot(number, Spot(cell: cell, last: UInt32(truncatingIfNeeded: log.end)))
        }
        let payer = payers.read(number)
        guard let index = spotIndex(payer, cell) else { return }
        changeSpot(payer, index).pointee.visit(hour: Self.hour(time))
    }

    private static func hour(_ time: Int64) -> UInt32 {
        UInt32(max(0, min(0xf_ffff, time / 3_600_000_000)))
    }

    /// How a place lies to those where the payer's posted payments were made.
    mutating func writeSpots(
        _ payer: UnsafePointer<Payer>, cell: UInt32,
        into row: UnsafeMutableBufferPointer<Double>
    ) {
        typealias Distances = PlaceCell.Distances
        let hour = Self.hour(now)
        var (nearest, dayOld, weekOld) = (Double.infinity, Double.infinity, Double.infinity)
        var (total, near, around, region, here) = (
            UInt32(0), UInt32(0), UInt32(0), UInt32(0), false
        )
        let (one, ten, hundred) = (PlaceRadius.one, PlaceRadius.ten, PlaceRadius.hundred)
        var home: Spot?
        eachSpot(payer) { spot in
            guard spot.visits > 0 else { return }
            let apart = distances.haversine(spot.cell, cell)
            let age = hour >= spot.firstHour ? hour - spot.firstHour : 0
            nearest = min(nearest, apart)
            if age > 24 { dayOld = min(dayOld, apart) }
            if age > 168 { weekOld = min(weekOld, apart) }
            total += spot.visits
            if apart <= one { near += spot.visits }
            if apart <= ten { around += spot.visits }
            if apart <= hundred { region += spot.visits }
            if spot.cell == cell { here = true }
            if home.map({ Self.isMoreHome(spot, than: $0) }) ?? true { home = spot }
        }
        row[.placeVisitsOne] = Double(near)
        row[.placeVisitsTen] = Double(around)
        row[.placeVisitsHundred] = Double(region)
        guard let home else { return }
        row[.placeNew] = here ? 0 : 1
        row[.placeNearest] = Distances.km(nearest)
        if dayOld.isFinite { row[.placeEstablishedDay] = Distances.km(dayOld) }
        if weekOld.isFinite { row[.placeEstablishedWeek] = Distances.km(weekOld) }
        let fromHome = distances.haversine(home.cell, cell)
        row[.placeHome] = Distances.km(fromHome)
        var halves: UInt32 = 0
        eachSpot(payer) { spot in
            let apart = distances.haversine(home.cell, spot.cell)
            halves += apart < fromHome ? 2 * spot.visits : apart == fromHome ? spot.visits : 0
        }
        row[.placeQuantile] = Double(halves) / Double(2 * total)
    }

    /// Home is where most payments were posted; of equals, where the first was earlier, then the cell further south.
    private static func isMoreHome(_ spot: Spot, than other: Spot) -> Bool {
        if spot.visits != other.visits { return spot.visits > other.visits }
        if spot.firstHour != other.firstHour { return spot.firstHour < other.firstHour }
        return spot.cell < other.cell
    }
}

/// Distances within which visits are counted, as haversines of 1, 10 and 100 km.
private enum PlaceRadius {
    static let one = PlaceCell.Distances.haversine(km: 1)
    static let ten = PlaceCell.Distances.haversine(km: 10)
    static let hundred = PlaceCell.Distances.haversine(km: 100)
}

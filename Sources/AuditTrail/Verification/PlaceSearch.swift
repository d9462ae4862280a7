internal import Cryptography

/// Finds the place for which an entry was written, by trying for which one its hash is right. Tries so many for an entry
/// and so many in all, and no more: what was edited belongs nowhere, and would be looked for everywhere.
struct PlaceSearch {
    private static let farthest: Int64 = 65_536
    private var budget: Int
    private var lastShift: Int64 = 0

    init(budget: Int) { self.budget = budget }

    /// The place of an entry, among the first `size`; nil if there is none or it was not found.
    mutating func place(of entry: AuditEntry, size: Int64) -> Int64? {
        guard EntryWalk.places.contains(entry.index) else { return nil }
        var encoding = EntryEncoding(entry)
        func fits(_ place: Int64) -> Bool {
            place >= 0 && encoding.hash(at: place) == entry.hash
        }
        if fits(entry.index) { return entry.index }
        if fits(entry.index + lastShift) { return entry.index + lastShift }
        // The nearest ones first.
        var distance: Int64 = 1
        while budget > 0, distance <= min(size, Self.farthest) {
            budget -= 2
            for shift in [distance, -distance]
            where entry.index + shift <= size && fits(entry.index + shift) {
                lastShift = shift
                return entry.index + shift
            }
            distance += 1
        }
        return nil
    }
}

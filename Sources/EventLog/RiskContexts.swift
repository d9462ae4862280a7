internal import Foundation
internal import SwiftProtobuf

/// The risk contexts of a batch's reserve events, by event index, ascending.
public struct RiskContexts: Sendable, Equatable {
    /// All contexts that are kept, by event index, ascending.
    public private(set) var items: [EventBatch.Indexed<RiskContext>]

    /// `items` must be ascending by index.
    public init(_ items: [EventBatch.Indexed<RiskContext>] = []) { self.items = items }

    /// The context of event `index`; empty if none was given.
    public func context(at index: Int) -> RiskContext { items.value(at: index) ?? .empty }

    private static let placeBit: UInt8 = 1

    /// In wire encoding (`RiskContexts` in `EventBatch.proto`).
    public func encoded() throws(WireError) -> [UInt8] {
        var wire = WireRiskContexts()
        wire.index = items.map { UInt32($0.index) }
        wire.present = Data(items.map { $0.value.hasPlace ? Self.placeBit : 0 })
        wire.device = items.map(\.value.device.rawValue)
        wire.instrument = items.map(\.value.instrument.rawValue)
        wire.address = items.map(\.value.address.rawValue)
        wire.latitude = items.map(\.value.latitude)
        wire.longitude = items.map(\.value.longitude)
        wire.merchantCategory = items.map { UInt32($0.value.merchantCategory) }
        if items.contains(where: { $0.value.country != .none }) {
            wire.country = items.map { UInt32($0.value.country.rawValue) }
        }
        wire.initiatedAt = items.map(\.value.initiatedAt.rawValue)
        do { return try wire.serializedBytes() } catch {
            throw WireError("risk contexts cannot be encoded: \(error)")
        }
    }

    private static func country(_ value: UInt32) throws(WireError) -> CountryCode {
        guard let letters = UInt16(exactly: value), let country = CountryCode(rawValue: letters)
        else { throw WireError("\(value) is not two letters of a country") }
        return country
    }

    /// Reads contexts; columns are checked for their lengths and indices for their order.
    public init(encoded bytes: [UInt8]) throws(WireError) {
        let wire: WireRiskContexts
        do { wire = try WireRiskContexts(serializedBytes: bytes) } catch {
            throw WireError("not risk contexts: \(error)")
        }
        let indices = wire.index
        let present = [UInt8](wire.present)
        let (devices, instruments, addresses) = (wire.device, wire.instrument, wire.address)
        let (latitudes, longitudes) = (wire.latitude, wire.longitude)
        let (categories, initiated) = (wire.merchantCategory, wire.initiatedAt)
        let lengths = [
            present.count, devices.count, instruments.count, addresses.count, latitudes.count,
            longitudes.count,
            categories.count, initiated.count,
        ]
        guard lengths.allSatisfy({ $0 == indices.count }) else {
            throw WireError(
                "risk context columns have lengths \(lengths), not all \(indices.count)")
        }
        // Contexts of older peers have none.
        let countries = wire.country
        guard countries.isEmpty || countries.count == indices.count else {
            throw WireError(
                "\(countries.count) countries of \(indices.count) risk contexts, not one each")
        }
        items = []
        items.reserveCapacity(indices.count)
        var previous = -1
        for position in 0..<indices.count {
            let index = Int(indices[position])
            guard index > previous, index < EventBatch.maximumCount else {
                throw WireError("risk context of event \(index) is out of order")
            }
            previous = index
            items.append(
                EventBatch.Indexed(
                    index: index,
                    value: RiskContext(
                        device: Token(devices[position]), instrument: Token(instruments[position]),
                        address: Token(addresses[position]), latitude: latitudes[position],
                        longitude: longitudes[position],
                        hasPlace: present[position] & Self.placeBit != 0,
                        merchantCategory: UInt16(truncatingIfNeeded: categories[position]),
                        country: countries.isEmpty
                            ? .none : try Self.country(countries[position]),
                        initiatedAt: Timestamp(initiated[position]))))
        }
    }
}

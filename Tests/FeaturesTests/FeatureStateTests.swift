import EventLog
import Features
import Testing

/// A state with its row, and events in few words.
struct Fixture: ~Copyable {
    var state: FeatureState
    let row = UnsafeMutableBufferPointer<Double>.allocate(capacity: FeatureCatalogue.count)
    fileprivate var sequence: Int64 = 0

    init(attempts: Int = 1024, payers: Int = 64, labelDelaySeconds: Int64 = 7 * 86_400) {
        state = FeatureState(
            capacity: FeatureCapacity(
                payers: payers, parties: 256, relations: 1024, attempts: attempts, pending: 256,
                labelDelaySeconds: labelDelaySeconds))
    }

    deinit { row.deallocate() }

    subscript(name: String) -> Double { row[FeatureCatalogue.index(of: name)!] }

    fileprivate static func transfer(_ number: Int64) -> TransferID {
        TransferID(high: 7, low: UInt64(number))
    }

    /// Reserves at `seconds`; returns the transfer's number.
    @discardableResult
    mutating func reserve(
        at seconds: Int64, payer: Int64 = 1, payee: Int64 = 100, amount: Int64 = 1000,
        kind: TransferKind = .payment, leg: Leg? = nil, context: RiskContext = .empty
    ) -> Int64 {
        sequence += 1
        let event = Event(
            sequence: Sequence(sequence), recordedAt: Timestamp(seconds * 1_000_000),
            kind: .reserved, transferKind: kind, state: .reserved,
            transfer: Self.transfer(sequence), payer: AccountID(payer), payee: AccountID(payee),
            amount: amount, currency: 840)
        let hasRow = state.apply(event, leg: leg, context: context, into: row)
        #expect(hasRow == (kind == .payment || kind == .authorization))
        return sequence
    }

    mutating func settle(
        _ number: Int64, at seconds: Int64, kind: EventKind = .posted,
        state: TransferState = .posted, transferKind: TransferKind = .payment
    ) {
        sequence += 1
        let event = Event(
            sequence: Sequence(sequence), recordedAt: Timestamp(seconds * 1_000_000), kind: kind,
            transferKind: transferKind, state: state, transfer: Self.transfer(number))
        let hasRow = self.state.apply(event, leg: nil, context: .empty, into: row)
        #expect(!hasRow)
    }
}

extension Fixture {
    /// Reserves and posts at once; returns the transfer's number.
    @discardableResult
    mutating func pay(
        at seconds: Int64, payer: Int64 = 1, payee: Int64 = 100, amount: Int64 = 1000,
        context: RiskContext = .empty
    ) -> Int64 {
        let number = reserve(
            at: seconds, payer: payer, payee: payee, amount: amount, context: context)
        settle(number, at: seconds)
        return number
    }

    /// Says of the attempt `number`, whose payer is given, what became known.
    mutating func label(
        _ number: Int64, _ verdict: LabelVerdict, at seconds: Int64, payer: Int64 = 1
    ) {
        sequence += 1
        let event = Event(
            sequence: Sequence(sequence), recordedAt: Timestamp(seconds * 1_000_000),
            kind: .labelled, transferKind: .payment, transfer: Self.transfer(number),
            payer: AccountID(payer))
        let hasRow = state.apply(
            event, leg: nil, context: .empty,
            label: TransferLabel(verdict, of: Sequence(number)), into: row)
        #expect(!hasRow)
    }
}

@Suite struct FeatureStateTests {
    @Test func `a window is open at its old end and closed at its new one`() {
        var fixture = Fixture()
        fixture.reserve(at: 1000)
        fixture.reserve(at: 1059)
        #expect(fixture["payer.count.1min"] == 2)
        fixture.reserve(at: 1060)
        #expect(fixture["payer.count.1min"] == 2)
        #expect(fixture["payer.count.10min"] == 3)
    }

    @Test func `attempts of one instant see those with lower sequences`() {
        var fixture = Fixture()
        for count in 1...5 {
            fixture.reserve(at: 1000, payee: Int64(100 + count % 2))
            #expect(fixture["payer.count.1min"] == Double(count))
            #expect(fixture["payer.payees.1h"] == Double(min(count, 2)))
        }
        #expect(fixture["payer.sum.1h"] == 50)
        #expect(fixture["payer.idle"] == 0)
    }

    @Test func `what is absent is missing, with the bits of the canonical NaN`() {
        var fixture = Fixture()
        fixture.reserve(at: 1000)
        let missing = [
            "payer.idle", "device.count.1h", "device.payers.30d", "device.new",
            "instrument.count.24h", "address.count.1h", "amount.zscore", "amount.max_ratio",
            "amount.drained", "place.last_km", "place.home_km", "place.speed_kmh", "time.habit",
            "amount.deviation", "amount.rank", "payee.amount_zscore", "category.code",
            "payer.category.amount_zscore", "place.nearest_km", "place.visits.10km",
            "cell.count.24h", "country.changed", "country.address", "address.place_km",
            "pair.idle", "payee.idle", "time.waking", "payee.fraud.since", "device.fraud.known",
        ]
        for name in missing {
            #expect(fixture[name].bitPattern == Double.nan.bitPattern, "\(name)")
        }
        #expect(fixture["payer.count.30d"] == 1)
        #expect(fixture["window.saturated"] == 0)
        #expect(fixture["place.missing"] == 1)
    }

    @Test func `a captured authorization counts once and teaches once, refunds and fees never`() {
        var fixture = Fixture()
        let number = fixture.reserve(at: 1000, amount: 4000, kind: .authorization)
        fixture.settle(
            number, at: 1001, kind: .authorized, state: .authorized, transferKind: .authorization)
        #expect(fixture["payee.first"] == 1)
        for second in 1002...1004 {
            fixture.settle(
                number, at: Int64(second), kind: .captured, state: .authorized,
                transferKind: .authorization)
        }
        fixture.reserve(at: 1005, kind: .refund)
        fixture.reserve(at: 1005, kind: .fee)
        fixture.reserve(at: 1006, amount: 8000)
        #expect(fixture["payer.count.1h"] == 2)
        #expect(fixture["payee.first"] == 0)
        #expect(fixture["amount.max_ratio"] == 2)
        #expect(fixture["amount.zscore"].isNaN, "one posted transfer has no spread")
    }

    @Test func `a declined attempt teaches nothing but was attempted`() {
        var fixture = Fixture()
        let place = RiskContext(
            device: Token(5), latitude: 52_000_000, longitude: 13_000_000, hasPlace: true)
        let number = fixture.reserve(at: 1000, amount: 100_000, context: place)
        fixture.settle(number, at: 1001, kind: .voided, state: .voided)
        fixture.reserve(at: 1002, context: place)
        #expect(fixture["payer.count.1h"] == 2)
        #expect(fixture["amount.max_ratio"].isNaN)
        #expect(fixture["place.last_km"].isNaN)
        #expect(fixture["device.new"] == 1)
        #expect(fixture["payee.first"] == 1)
    }

    @Test func `Berlin to Paris in an hour is 878 km and as many km an hour`() {
        var fixture = Fixture()
        let berlin = RiskContext(latitude: 52_520_000, longitude: 13_405_000, hasPlace: true)
        let paris = RiskContext(latitude: 48_856_600, longitude: 2_352_200, hasPlace: true)
        let number = fixture.reserve(at: 1000, context: berlin)
        fixture.settle(number, at: 1001)
        fixture.reserve(at: 4600, context: paris)
        #expect(abs(fixture["place.last_km"] - 877.5) < 1)
        #expect(abs(fixture["place.home_km"] - 877.5) < 2)
        #expect(abs(fixture["place.speed_kmh"] - fixture["place.last_km"]) < 1e-9)
        fixture.reserve(at: 4600, payer: 2, context: berlin)
        #expect(fixture["place.last_km"].isNaN)
    }

    @Test func `the balance drained is measured against what was available before`() {
        var fixture = Fixture()
        // 100.00 posted, 80.00 reserved after this reserve of 60.00: 80.00 were available.
        let leg = Leg(
            from: AccountID(1), to: AccountID(2), amount: 6000, fromPosted: 10_000,
            fromReserved: 8000)
        fixture.reserve(at: 1000, amount: 6000, leg: leg)
        #expect(fixture["amount.drained"] == 0.75)
    }

    @Test func `devices and addresses count the accounts behind them`() {
        var fixture = Fixture()
        let context = RiskContext(device: Token(5), address: Token(5))
        for payer in 1...4 { fixture.reserve(at: 1000, payer: Int64(payer), context: context) }
        fixture.reserve(at: 1001, payer: 1, context: context)
        #expect(fixture["device.payers.30d"] == 4)
        #expect(fixture["device.count.1h"] == 5)
        #expect(fixture["address.payers.24h"] == 4)
        #expect(fixture["instrument.payers.30d"].isNaN)
    }

    @Test func `beyond the bound on attempts the oldest leave and the row says saturated`() {
        var fixture = Fixture(attempts: 64)
        for second in 0..<64 {
            fixture.reserve(at: 1000 + Int64(second))
            #expect(fixture["window.saturated"] == 0)
        }
        fixture.reserve(at: 1064)
        #expect(fixture["payer.count.30d"] == 64)
        #expect(fixture["payer.count.1min"] == 60)
        #expect(fixture["window.saturated"] == 5, "all but the minute lost an attempt")
        // Later on only the longer windows reach back to what was lost.
        fixture.reserve(at: 1700)
        #expect(fixture["window.saturated"] == 4)
    }

    @Test func `a payer there is no room for has no windows, and says so by their absence`() {
        var fixture = Fixture(payers: 2)
        for payer in 1...3 { fixture.reserve(at: 1000, payer: Int64(payer)) }
        #expect(fixture["payer.count.1h"].isNaN)
        #expect(!fixture["amount.log"].isNaN)
        fixture.reserve(at: 1000, payer: 1)
        #expect(fixture["payer.count.1h"] == 2)
    }
}

@Suite struct FeatureCatalogueTests {
    @Test func `names are unique and dotted, codes are upper case, sentences say the value`() {
        let all = FeatureCatalogue.all
        #expect(FeatureCatalogue.count >= 90)
        #expect(Set(all.map(\.family)).count == FeatureFamily.allCases.count)
        #expect(all.filter(\.isCategorical).map(\.name) == ["category.code"])
        #expect(Set(all.map(\.name)).count == all.count)
        #expect(Set(all.map(\.reasonCode)).count == all.count)
        for feature in all {
            #expect(feature.name.contains("."))
            #expect(feature.reasonCode == feature.reasonCode.uppercased())
            #expect(!feature.definition.isEmpty && !feature.source.isEmpty)
            #expect(!feature.use.isEmpty && !feature.sentence.isEmpty && !feature.unit.isEmpty)
        }
        let hour = all[FeatureCatalogue.index(of: "payer.count.1h")!]
        #expect(hour.describe(14) == "14 payments in the last hour")
        #expect(hour.describe(.nan) == "unknown payments in the last hour")
        #expect(
            all[FeatureCatalogue.index(of: "amount.zscore")!].describe(-2.059).hasPrefix("-2.06"))
    }

    @Test func `the catalogue's hash is stable within a build and 32 bytes long`() {
        #expect(FeatureCatalogue.hash.count == 32)
        #expect(FeatureCatalogue.hash == FeatureCatalogue.hash(labelDelaySeconds: 7 * 86_400))
        #expect(FeatureCatalogue.hash != FeatureCatalogue.hash(labelDelaySeconds: 86_400))
    }

    @Test func `a digest changes with any bit of a row`() {
        var row = [1.0, .nan, 0]
        let digest = row.withUnsafeBufferPointer { FeatureDigest.digest($0) }
        row[2] = -0.0
        #expect(row.withUnsafeBufferPointer { FeatureDigest.digest($0) } != digest)
    }
}

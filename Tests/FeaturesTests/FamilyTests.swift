import EventLog
import Features
import Testing

/// Features of amount, category, place, counterparty and time, by hand.
@Suite struct FamilyTests {
    private let day: Int64 = 86_400

    private func place(_ latitude: Double, _ longitude: Double) -> RiskContext {
        RiskContext(
            latitude: Int32((latitude * 1_000_000).rounded()),
            longitude: Int32((longitude * 1_000_000).rounded()), hasPlace: true)
    }

    @Test func `amounts five times the usual stand out, and go on doing so after ten of them`() {
        var fixture = Fixture()
        for index in 0..<30 {
            fixture.pay(at: Int64(index) * 43_200, amount: 4_000 + Int64(index % 5) * 500)
        }
        fixture.reserve(at: 15 * day, amount: 5_000)
        #expect(abs(fixture["amount.deviation"]) < 1)
        #expect(fixture["amount.outliers.14d"] == 0)
        for index in 0..<10 {
            fixture.pay(at: 15 * day + Int64(index) * 43_200, amount: 25_000)
        }
        fixture.reserve(at: 20 * day, amount: 25_000)
        #expect(fixture["amount.deviation"] > 3)
        #expect(fixture["amount.outliers.14d"] == 10)
        #expect(fixture["amount.outliers.24h"] == 1, "the window is open at its old end")
        #expect(fixture["amount.rank"] > 0.5)
        #expect(fixture["amount.repeats"] == 10)
    }

    @Test(arguments: [
        (Int64(12_345), 0.0, 0.38275), (Int64(100), 1.0, 0.0), (Int64(10_000), 3.0, 0.0),
        (Int64(49_900), 1.0, 0.002), (Int64(50_000), 3.0, 0.0),
        (Int64(100_000_000), 7.0, 0.0), (Int64(1_000_000_000), 7.0, 0.0),
    ])
    func `round amounts and those just below a limit`(
        amount: Int64, round: Double, below: Double
    ) {
        var fixture = Fixture()
        fixture.reserve(at: 0, amount: amount)
        #expect(fixture["amount.round"] == round)
        #expect(abs(fixture["amount.below_round"] - below) < 1e-12)
    }

    @Test func `sums are exact for amounts of more than 32 bits, and give back what leaves`() {
        var fixture = Fixture()
        let large: Int64 = 1 << 52
        fixture.reserve(at: 0, amount: large)
        fixture.reserve(at: 1, amount: 300)
        #expect(fixture["payer.sum.1h"] == Double(large + 300) / 100)
        #expect(fixture["pair.sum.24h"] == Double(large + 300) / 100)
        #expect(fixture["payee.sum.24h"] == Double(large + 300) / 100)
        fixture.reserve(at: day, amount: 500)
        #expect(fixture["payer.sum.24h"] == 8)
        #expect(fixture["pair.sum.24h"] == 8)
        #expect(fixture["payee.sum.24h"] == 8)
        #expect(fixture["payer.sum.7d"] == Double(large + 800) / 100)
    }

    @Test func `a merchant category is a code, and has a usual amount of its own`() {
        var fixture = Fixture()
        let groceries = RiskContext(merchantCategory: 5411)
        let travel = RiskContext(merchantCategory: 4511)
        for index in 0..<20 {
            fixture.pay(at: Int64(index), amount: 3_000, context: groceries)
            fixture.pay(at: Int64(index), payer: 2, amount: 90_000, context: travel)
        }
        fixture.reserve(at: 100, amount: 90_000, context: groceries)
        #expect(fixture["category.code"] == 5411)
        #expect(fixture["category.count.24h"] == 21)
        #expect(fixture["category.amount_zscore"] > 5)
        #expect(fixture["payer.category.count"] == 20)
        #expect(fixture["payer.category.share"] == 1)
        #expect(fixture["payer.category.amount_zscore"] > 5)
        fixture.reserve(at: 100, payer: 2, amount: 90_000, context: travel)
        #expect(abs(fixture["category.amount_zscore"]) < 0.01)
        fixture.reserve(at: 101, payer: 2, amount: 90_000, context: groceries)
        #expect(fixture["payer.category.count"] == 0)
        #expect(abs(fixture["payer.category.amount_zscore"]) < 0.01, "as the payer's own")
    }

    @Test func `home is where most was paid; what a thief begins is not established`() {
        var fixture = Fixture()
        let home = place(52.525, 13.405)
        let work = place(52.455, 13.285)
        let abroad = place(48.855, 2.355)
        for index in 0..<6 {
            fixture.pay(at: Int64(index) * day, context: index % 3 == 2 ? work : home)
        }
        fixture.pay(at: 9 * day, context: abroad)
        fixture.reserve(at: 9 * day + 60, context: abroad)
        #expect(abs(fixture["place.home_km"] - 877) < 3)
        #expect(fixture["place.nearest_km"] == 0)
        #expect(abs(fixture["place.established_24h_km"] - 867) < 5)
        #expect(abs(fixture["place.established_7d_km"] - 877) < 3, "work is not yet a week old")
        #expect(fixture["place.new"] == 0)
        #expect(fixture["place.quantile"] == 6.5 / 7)
        #expect(fixture["place.visits.1km"] == 1)
        #expect(fixture["place.visits.100km"] == 1)
        fixture.reserve(at: 9 * day + 61, context: home)
        #expect(fixture["place.home_km"] == 0)
        #expect(fixture["place.visits.1km"] == 4)
        #expect(fixture["place.visits.100km"] == 6)
        #expect(fixture["payer.places.30d"] == 3)
    }

    @Test func `of sixteen places the least visited gives way`() {
        var fixture = Fixture()
        for visit in 0..<3 {
            fixture.pay(at: Int64(visit), context: place(10, 10))
        }
        for index in 0..<16 {
            fixture.pay(at: 100 + Int64(index), context: place(20 + Double(index), 10))
        }
        #expect(fixture["payer.places.30d"] == 17)
        fixture.reserve(at: 200, context: place(10, 10))
        #expect(fixture["place.new"] == 0)
        #expect(fixture["place.visits.1km"] == 3)
        #expect(fixture["payer.places.30d"] == 17)
        fixture.reserve(at: 201, context: place(20, 10))
        #expect(fixture["place.new"] == 1, "it was forgotten")
        #expect(fixture["payer.places.30d"] == 18, "and counts again")
    }

    @Test func `cells meet at the date line`() {
        var fixture = Fixture()
        fixture.pay(at: 0, context: place(0.005, 179.995))
        fixture.reserve(at: 10, context: place(0.005, -179.995))
        #expect(abs(fixture["place.nearest_km"] - 1.11) < 0.01)
        #expect(fixture["place.new"] == 1)
    }

    @Test func `a payee's payers, new ones among them, and money that comes back`() {
        var fixture = Fixture()
        for payer in 1...4 { fixture.pay(at: 0, payer: Int64(payer)) }
        for payer in 5...6 { fixture.pay(at: 2 * day, payer: Int64(payer)) }
        fixture.reserve(at: 2 * day + 1, payer: 1)
        #expect(fixture["payee.payers.24h"] == 3)
        #expect(fixture["payee.new_share.24h"] == 2.0 / 3)
        #expect(fixture["payee.payers.30d"] == 6)
        #expect(fixture["payee.new_share.30d"] == 1)
        #expect(fixture["pair.age"] == 2)
        #expect(fixture["pair.idle"] == Double(2 * day + 1))
        #expect(fixture["pair.circular"] == 0)
        fixture.reserve(at: 2 * day + 2, payer: 100, payee: 1)
        #expect(fixture["pair.circular"] == 1)
        fixture.reserve(at: 33 * day, payer: 1)
        #expect(fixture["pair.circular"] == 0)
        #expect(fixture["payee.new_share.30d"] == 0)
    }

    @Test func `attempts that came to nothing are counted while they are recent`() {
        var fixture = Fixture()
        for index in 0..<3 {
            let number = fixture.reserve(at: 100 * Int64(index))
            fixture.settle(number, at: 100 * Int64(index) + 10, kind: .voided, state: .voided)
        }
        fixture.reserve(at: 300)
        #expect(fixture["payer.voided.1h"] == 3)
        #expect(fixture["payee.voided.24h"] == 3)
        fixture.reserve(at: 3_601)
        #expect(fixture["payer.voided.1h"] == 2)
        #expect(fixture["payer.voided.24h"] == 3)
    }

    @Test func `pairs that meet often, bursts, and accounts that wake`() {
        var fixture = Fixture()
        for second in 0..<5 { fixture.reserve(at: Int64(second)) }
        #expect(fixture["pair.count.1h"] == 5)
        #expect(fixture["pair.count.24h"] == 5)
        #expect(fixture["payer.burst.1h"] == 24)
        fixture.reserve(at: 3_602)
        #expect(fixture["pair.count.1h"] == 3)
        #expect(fixture["pair.count.24h"] == 6)
        #expect(fixture["time.waking"] == 0)
        fixture.reserve(at: 40 * day)
        #expect(fixture["pair.count.24h"] == 1)
        #expect(fixture["pair.idle"].isNaN)
        #expect(fixture["time.waking"] == 1)
        #expect(fixture["payer.idle"] == Double(40 * day - 3_602))
    }

    @Test func `devices of a payer, and how long it has known them`() {
        var fixture = Fixture()
        let context = RiskContext(device: Token(5), instrument: Token(6))
        fixture.pay(at: 0, context: context)
        #expect(fixture["instrument.new"] == 1)
        fixture.reserve(at: 3 * day, context: context)
        #expect(fixture["device.age"] == 3)
        #expect(fixture["device.idle"] == Double(3 * day))
        #expect(fixture["instrument.new"] == 0)
        fixture.reserve(at: 3 * day, context: RiskContext(device: Token(8)))
        #expect(fixture["payer.devices.30d"] == 2)
        #expect(fixture["device.age"] == 0)
    }
}

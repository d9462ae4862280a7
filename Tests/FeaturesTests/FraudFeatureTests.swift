import EventLog
import Features
import Testing

/// History of confirmed fraud, by hand.
@Suite struct FraudFeatureTests {
    private let day: Int64 = 86_400

    /// What the catalogue calls a rate: of `matured` attempts `frauds`, where `allFrauds` of `all` are of all payees.
    private func rate(
        _ frauds: Double, of matured: Double, all: Double, allFrauds: Double
    ) -> Double {
        let usual = (allFrauds + 1) / (all + 200)
        return (frauds + 4 * usual) / (matured + 4)
    }

    @Test func `rates look at what has matured, counts at what is known`() {
        var fixture = Fixture()
        // Ten payments on ten days; the last three are fraud, which becomes known on the day after each.
        var numbers: [Int64] = []
        for index in 0..<10 {
            numbers.append(fixture.pay(at: Int64(index) * day, payer: Int64(1 + index % 3)))
        }
        for index in 7..<10 {
            fixture.label(
                numbers[index], .fraud, at: Int64(10) * day, payer: Int64(1 + index % 3))
        }
        fixture.reserve(at: 10 * day, payer: 9)
        #expect(fixture["payee.fraud.known"] == 3)
        #expect(fixture["payee.fraud.count.30d"] == 3)
        #expect(fixture["payee.fraud.since"] == 1)
        // Four have matured by then (days 0 to 3), none of them fraud.
        #expect(fixture["payee.fraud.rate.30d"] == rate(0, of: 4, all: 4, allFrauds: 0))
        #expect(fixture["payee.fraud.last.1"] == 0)
        fixture.reserve(at: 16 * day, payer: 9)
        // Day 9 has matured: of 10 in a month 3, of the last 7 days' worth (3 … 9) 3, of the last day's 1.
        #expect(fixture["payee.fraud.rate.30d"] == rate(3, of: 10, all: 10, allFrauds: 3))
        #expect(fixture["payee.fraud.rate.7d"] == rate(3, of: 7, all: 10, allFrauds: 3))
        #expect(fixture["payee.fraud.rate.24h"] == rate(1, of: 1, all: 10, allFrauds: 3))
        #expect(fixture["payee.fraud.last.1"] == 1)
        #expect(fixture["payee.fraud.last.3"] == 1)
        #expect(fixture["payee.fraud.last.5"] == 0.6)
        #expect(fixture["payee.fraud.last.10"] == 0.3)
        #expect(fixture["payee.fraud.genuine_since"] == 0)
        fixture.reserve(at: 18 * day, payer: 9)
        #expect(fixture["payee.fraud.genuine_since"] == 1, "the one of day 10")
        #expect(fixture["payer.fraud.known"] == 0)
        fixture.reserve(at: 18 * day, payer: 2)
        #expect(fixture["payer.fraud.known"] == 1)
        fixture.reserve(at: 60 * day, payer: 9)
        #expect(fixture["payee.fraud.known"] == 3)
        #expect(fixture["payee.fraud.count.30d"] == 0)
    }

    @Test func `a label tells device, address, place, payee and payer, and can be taken back`() {
        var fixture = Fixture()
        let context = RiskContext(
            device: Token(5), instrument: Token(6), address: Token(7), latitude: 1, longitude: 1,
            hasPlace: true)
        let number = fixture.pay(at: 0, context: context)
        let names = ["payee", "device", "address", "cell", "payer"].map { "\($0).fraud.known" }
        fixture.label(number, .fraud, at: 100)
        fixture.label(number, .fraud, at: 101)
        fixture.reserve(at: 200, context: context)
        for name in names { #expect(fixture[name] == 1, "\(name)") }
        fixture.label(number, .cleared, at: 300)
        fixture.reserve(at: 400, context: context)
        for name in names { #expect(fixture[name] == 0, "\(name)") }
        #expect(fixture["payee.fraud.since"].isNaN)
        fixture.reserve(at: 401, payee: 101)
        #expect(fixture["device.fraud.known"].isNaN, "no device was told")
    }

    @Test func `labels of what is not known, or not kept any more, change nothing`() {
        var fixture = Fixture()
        let number = fixture.pay(at: 0)
        fixture.label(number, .fraud, at: 1, payer: 2)
        fixture.label(number + 1, .fraud, at: 1)
        fixture.label(1_000_000, .fraud, at: 1)
        fixture.label(0, .fraud, at: 1)
        fixture.reserve(at: 38 * day)
        fixture.label(number, .fraud, at: 38 * day)
        fixture.reserve(at: 38 * day)
        #expect(fixture["payee.fraud.known"] == 0)
        #expect(fixture["payer.fraud.known"] == 0)
    }

    @Test func `the label delay is the state's: without any, everything has matured at once`() {
        var fixture = Fixture(labelDelaySeconds: 0)
        let number = fixture.pay(at: 0)
        fixture.label(number, .fraud, at: 0)
        fixture.reserve(at: 0)
        #expect(fixture["payee.fraud.last.1"] == 1)
        #expect(fixture["payee.fraud.rate.24h"] == rate(1, of: 1, all: 1, allFrauds: 1))
        fixture.reserve(at: day)
        #expect(
            fixture["payee.fraud.rate.24h"] == rate(0, of: 0, all: 2, allFrauds: 1),
            "the window is open")
    }

    @Test func `a full ring drops attempts that never matured without a trace`() {
        var fixture = Fixture(attempts: 16)
        for second in 0..<16 { fixture.reserve(at: Int64(second)) }
        let number = fixture.reserve(at: 16)
        fixture.label(number, .fraud, at: 17)
        for second in 18..<60 { fixture.reserve(at: Int64(second)) }
        fixture.reserve(at: 20 * day)
        #expect(fixture["payee.fraud.known"] == 1)
        // The fifteen that are still kept have matured, and the fraud is not among them.
        #expect(fixture["payee.fraud.rate.30d"] == rate(0, of: 15, all: 15, allFrauds: 0))
    }
}

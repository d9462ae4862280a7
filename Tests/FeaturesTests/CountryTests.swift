import EventLog
import Features
import Testing

/// Features of countries, and of where means belong, by hand.
@Suite struct CountryTests {
    private func context(
        _ country: String, instrument: UInt64 = 0, address: UInt64 = 0, latitude: Int32? = nil
    ) -> RiskContext {
        RiskContext(
            instrument: Token(instrument), address: Token(address), latitude: latitude ?? 0,
            hasPlace: latitude != nil, country: CountryCode(country) ?? .none)
    }

    @Test func `a country is compared with the last one and with the usual one`() {
        var fixture = Fixture()
        for index in 0..<5 { fixture.pay(at: Int64(index) * 1_000, context: context("DE")) }
        #expect(fixture["country.changed"] == 0)
        fixture.pay(at: 6_000, context: context("FR"))
        #expect(fixture["country.changed"] == 1)
        #expect(fixture["country.unusual"] == 1)
        fixture.pay(at: 7_000, context: context("FR"))
        #expect(fixture["country.changed"] == 0)
        #expect(fixture["country.unusual"] == 1, "five against two")
        for index in 8..<14 { fixture.pay(at: Int64(index) * 1_000, context: context("FR")) }
        fixture.reserve(at: 20_000, context: context("FR"))
        #expect(fixture["country.unusual"] == 0, "eight against five")
        fixture.reserve(at: 21_000)
        #expect(fixture["country.changed"].isNaN, "nothing was told")
    }

    @Test func `who moves is believed after 33 payments, however long they lived elsewhere`() {
        var fixture = Fixture()
        for index in 0..<200 { fixture.pay(at: Int64(index) * 60, context: context("DE")) }
        for index in 0..<33 {
            fixture.pay(at: 20_000 + Int64(index) * 60, context: context("PT"))
            #expect(fixture["country.unusual"] == 1)
        }
        fixture.reserve(at: 30_000, context: context("PT"))
        #expect(fixture["country.unusual"] == 0)
    }

    @Test func `the countries of the address, the instrument and the place are other payers' too`()
    {
        var fixture = Fixture()
        let home = context("DE", instrument: 7, address: 9, latitude: 52_000_000)
        for payer in 1..<4 {
            fixture.pay(at: Int64(payer), payer: Int64(100 + payer), context: home)
        }
        let abroad = context("US", instrument: 7, address: 9, latitude: 53_000_000)
        fixture.reserve(at: 100, context: abroad)
        #expect(fixture["country.changed"].isNaN, "nothing is known of the payer")
        #expect(fixture["country.instrument"] == 1)
        #expect(fixture["country.address"] == 1)
        #expect(fixture["country.place"].isNaN, "nobody has paid there")
        #expect(abs(fixture["address.place_km"] - 111.195) < 0.01)
        #expect(abs(fixture["instrument.place_km"] - 111.195) < 0.01)
        let wrong = context("US", instrument: 8, address: 9, latitude: 52_000_000)
        fixture.reserve(at: 101, context: wrong)
        #expect(fixture["country.place"] == 1)
        #expect(fixture["country.instrument"].isNaN, "nobody has used it")
        #expect(fixture["address.place_km"] == 0, "what was not posted teaches nothing")
    }

    @Test func `what an address is known for is forgotten with its last attempt`() {
        var fixture = Fixture()
        let context = context("DE", address: 9, latitude: 52_000_000)
        fixture.pay(at: 0, context: context)
        let day: Int64 = 86_400
        fixture.pay(at: 36 * day, context: context)
        #expect(fixture["country.address"] == 0)
        fixture.reserve(at: 74 * day, context: context)
        #expect(fixture["country.address"].isNaN)
        #expect(fixture["address.place_km"].isNaN)
        #expect(fixture["country.changed"] == 0, "the payer's own is kept")
    }
}

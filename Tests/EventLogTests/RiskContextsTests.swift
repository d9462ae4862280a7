import EventLog
import Testing

/// What travels beside a batch.
@Suite struct RiskContextsTests {
    private let told = RiskContext(
        device: Token(1), instrument: Token(2), address: Token(3), latitude: -33_870_000,
        longitude: 151_210_000, hasPlace: true, merchantCategory: 5411,
        country: CountryCode("AU") ?? .none, initiatedAt: Timestamp(1_750_000_000_000_000))

    private func contexts(_ values: [RiskContext]) -> RiskContexts {
        RiskContexts(
            values.enumerated().map { EventBatch.Indexed(index: 2 * $0.offset, value: $0.element) })
    }

    @Test func `contexts come back as they were sent, with what was not told`() throws {
        let sent = contexts([told, .empty, RiskContext(country: CountryCode("DE") ?? .none)])
        let received = try RiskContexts(encoded: sent.encoded())
        #expect(received == sent)
        #expect(received.context(at: 0) == told)
        #expect(received.context(at: 1) == .empty)
        #expect(received.context(at: 4).country.description == "DE")
    }

    @Test func `where no country is told none is sent, as by peers that know of none`() throws {
        var silent = told
        silent.country = .none
        let sent = contexts([silent, .empty])
        let plain = try sent.encoded()
        #expect(try RiskContexts(encoded: plain) == sent)
        #expect(try contexts([told, .empty]).encoded().count > plain.count)
    }

    @Test func `what is no country is refused`() throws {
        // Countries come last, as field 10: "PA" is 0x5041, in seven bits a byte the lowest first.
        let good = try contexts([RiskContext(country: CountryCode("PA") ?? .none)]).encoded()
        let place = try #require(good.indices.last)
        #expect(try RiskContexts(encoded: good).context(at: 0).country.description == "PA")
        // With other highest bits it is no letter, or no number of 16 bits.
        for byte: UInt8 in [0x00, 0x7f] {
            var bad = good
            bad[place] = byte
            #expect(throws: WireError.self) { try RiskContexts(encoded: bad) }
        }
        #expect(CountryCode("de") == nil)
        #expect(CountryCode("DEU") == nil)
        #expect(CountryCode("D1") == nil)
        #expect(CountryCode("") == nil)
    }
}

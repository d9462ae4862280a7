import EventLog
import Testing

@testable import ForeignExchange

@Suite struct QuoteStateTests {
    private static let first = TransferID(high: 1, low: 1)
    private static let second = TransferID(high: 2, low: 2)
    private static let end = Timestamp(100)

    @Test func `a quote is used once, and its transfer may ask again`() {
        var state = QuoteState.open(until: Self.end)
        #expect(state.use(by: Self.first, at: Timestamp(99)) == .accepted)
        #expect(state == .used(by: Self.first, at: Timestamp(99)))
        #expect(state.use(by: Self.first, at: Timestamp(99)) == .repeated(since: Timestamp(99)))
        #expect(state.use(by: Self.second, at: Timestamp(99)) == .alreadyUsed(by: Self.first))
        #expect(state.use(by: Self.first, at: Timestamp(500)) == .repeated(since: Timestamp(99)))
        #expect(state.expire(at: Timestamp(500)) == .alreadyUsed(by: Self.first))
        #expect(state == .used(by: Self.first, at: Timestamp(99)))
    }

    @Test func `a quote is not used at or after its end`() {
        for now in [Self.end, Timestamp(101), Timestamp(.max)] {
            var state = QuoteState.open(until: Self.end)
            #expect(state.use(by: Self.first, at: now) == .expired(at: Self.end))
            #expect(state == .expired(at: Self.end))
            #expect(state.use(by: Self.first, at: Timestamp(1)) == .expired(at: Self.end))
        }
    }

    @Test func `a quote ends when its time is over, and not before`() {
        var state = QuoteState.open(until: Self.end)
        #expect(state.expire(at: Timestamp(99)) == .notDue(until: Self.end))
        #expect(state == .open(until: Self.end))
        #expect(state.expire(at: Self.end) == .expired)
        #expect(state.expire(at: Self.end) == .repeated)
        #expect(state.expire(at: .none) == .repeated)
        #expect(state == .expired(at: Self.end))
    }

    @Test func `a new quote is open until it expires`() throws {
        let table = try RateTable(text: Sample.text)
        let quote = try Sample.sell(Sample.money("1.00", "EUR"), for: "USD", table)
        #expect(quote.initialState == .open(until: quote.expiresAt))
        var state = quote.initialState
        #expect(state.use(by: Self.first, at: quote.createdAt) == .accepted)
    }
}

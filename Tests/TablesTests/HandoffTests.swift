import Testing

@testable import Tables

@Suite struct HandoffTests {
    @Test func `what is given up while items wait ends without a trap`() {
        for taken in 0...2 {
            let handoff = Handoff<Int>(capacity: 2)
            #expect(handoff.put(1) && handoff.put(2))
            for item in 0..<taken { #expect(handoff.take() == item + 1) }
            if taken < 2 { handoff.abandon() }
        }
    }

    @Test func `items come in order, then nothing, however often it is asked`() {
        let handoff = Handoff<Int>(capacity: 3)
        for item in 1...3 { #expect(handoff.put(item)) }
        handoff.finish()
        for item in 1...3 { #expect(handoff.take() == item) }
        #expect(handoff.take() == nil)
        #expect(handoff.take() == nil)
    }
}

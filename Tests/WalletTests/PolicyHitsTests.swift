import EventLog
import Testing

@testable import Wallet

@Suite struct PolicyHitsTests {
    private static func detail(_ rules: String...) -> DecisionDetail {
        DecisionDetail(features: [], reasons: [], rules: rules)
    }

    @Test func `lists, rules and rules in shadow are told apart`() {
        var hits = PolicyHits()
        hits.count(Self.detail("list: deny device", "busy", "shadow: busy"))
        hits.count(Self.detail("list: deny device", "busy"))
        hits.count(Self.detail("list: of all sorts"))
        #expect(hits.lists.count == ListName.allCases.count * ListSubject.allCases.count)
        #expect(hits.lists[.init(list: .deny, subject: .device)] == 2)
        #expect(hits.lists.values.reduce(0, +) == 2)
        #expect(hits.rules == ["busy": 2, "list: of all sorts": 1])
        #expect(hits.shadowRules == ["busy": 1])
    }

    @Test func `rules beyond a thousand names are counted together`() {
        var hits = PolicyHits()
        for number in 0..<PolicyHits.ruleLimit + 5 { hits.count(Self.detail("rule \(number)")) }
        hits.count(Self.detail("rule 1"))
        #expect(hits.rules.count == PolicyHits.ruleLimit)
        #expect(hits.rules["rule 1"] == 2)
        #expect(hits.unnamed == 5)
    }
}

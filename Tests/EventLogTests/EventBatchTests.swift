import Testing

@testable import EventLog

@Suite struct EventBatchTests {
    @Test func `a batch survives its wire encoding whole`() throws {
        var batch = EventBatch(
            firstSequence: Sequence(41), recordedAt: Timestamp(1_700_000_000_000_000))
        let transfer = TransferID(high: 1, low: 2)
        batch.append(
            Event(kind: .accountOpened, payer: AccountID(7), currency: 840), legs: [],
            account: AccountDetail(
                owner: Token(9), overdraft: 5, caps: Caps(hourCount: 3, daySum: 100)))
        batch.append(
            Event(
                kind: .held, cause: .decision, transferKind: .payment, state: .held,
                transfer: transfer,
                payer: AccountID(7), payee: AccountID(8), amount: 1250, currency: 840,
                expiresAt: Timestamp(5), onExpiry: .void),
            legs: [
                Leg(
                    from: AccountID(7), to: AccountID(8), amount: 1250, fromPosted: 9000,
                    fromReserved: 1250)
            ],
            decision: Decision(
                action: .hold, scoreBits: (0.75).bitPattern, featureDigest: 99,
                sequence: Sequence(40), epoch: 1,
                elapsedMicros: 12),
            detail: DecisionDetail(
                features: [1, .nan.magnitude],
                reasons: [
                    Reason(code: "A", feature: "a", value: 1, baseline: 0, contribution: 2)
                ], rules: ["r"]
            ).replacingNaN(),
            related: TransferID(high: 3, low: 4))
        batch.append(
            Event(kind: .labelled, transfer: transfer), legs: [],
            label: TransferLabel(.fraud, of: Sequence(7)))
        let read = try EventBatch(encoded: try batch.encoded())
        #expect(read == batch)
        #expect(read.event(at: 1).sequence == Sequence(42))
        #expect(read.legs[read.legRange(of: 1)].first?.fromAvailable == 7750)
        #expect(read.decisions.value(at: 1)?.score == 0.75)
        #expect(read.decisions.value(at: 0) == nil)
    }

    @Test func `bytes that are not a batch are refused by name`() {
        #expect(throws: WireError.self) { try EventBatch(encoded: [1, 2, 3]) }
        #expect(throws: WireError.self) { try EventBatch(encoded: []) }
    }

    @Test func `identifiers print and parse in the canonical form`() {
        var random = SystemRandomNumberGenerator()
        let id = TransferID(milliseconds: 1_700_000_000_000, random: &random)
        #expect(TransferID(id.description) == id)
        #expect(TransferID(id.description.uppercased()) == id)
        #expect(TransferID(String(id.description.dropLast())) == nil)
        #expect(
            id.description[id.description.index(id.description.startIndex, offsetBy: 14)] == "7")
    }
}

extension DecisionDetail {
    /// NaN is never equal to itself; the test compares what can be compared.
    func replacingNaN() -> DecisionDetail {
        DecisionDetail(features: features.map { $0.isNaN ? 0 : $0 }, reasons: reasons, rules: rules)
    }
}

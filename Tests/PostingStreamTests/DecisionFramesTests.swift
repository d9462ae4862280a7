import EventLog
import Testing

@testable import PostingStream

/// Decisions are cut into frames that a publisher takes, however much there is to say of each.
@Suite struct DecisionFramesTests {
    private func decisions(_ count: Int, features: Int) -> [TransferDecision] {
        (1...count).map { number in
            var item = TransferDecision.of(Int64(number), transfer: UInt64(number))
            if features > 0 {
                item.detail = DecisionDetail(
                    features: (0..<features).map(Double.init), reasons: [], rules: ["a rule"])
            }
            return item
        }
    }

    @Test(arguments: [(1, 0), (512, 0), (513, 0), (5_000, 40), (1_500, 300), (300, 5_000)])
    func `all come, in order, and no frame is too large`(count: Int, features: Int) throws {
        let decisions = decisions(count, features: features)
        var found: [TransferDecision] = []
        for bytes in Frame.encoded(decisions, session: 3) {
            #expect(bytes.count <= Frame.maximumBytes)
            let frame = try Frame(encoded: bytes)
            #expect(frame.session == 3)
            guard case .decisions(let part) = frame.body else {
                Issue.record("\(frame.body)")
                continue
            }
            #expect(!part.isEmpty && part.count <= Frame.decisionCount)
            found += part
        }
        #expect(found == decisions)
    }

    @Test func `no decisions make no frame`() {
        #expect(Frame.encoded([], session: 3).isEmpty)
    }
}

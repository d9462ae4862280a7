import EventLog
import Testing

@testable import Ledger

@Suite struct CommitPaceTests {
    private static func waited(_ pace: CommitPace, queued: Int) -> Duration {
        let begin = ContinuousClock.now
        pace.wait(queued: queued)
        return ContinuousClock.now - begin
    }

    @Test func `commits of many commands begin an interval apart`() {
        var pace = CommitPace(intervalMicros: 50_000)
        let begin = ContinuousClock.now
        pace.begin(count: 10)
        _ = Self.waited(pace, queued: 1)
        #expect(ContinuousClock.now - begin >= .milliseconds(50))
        // The interval is over: nothing is left to wait for.
        #expect(Self.waited(pace, queued: 1) < .milliseconds(50))
    }

    @Test func `a command that comes alone, and many that wait already, are committed at once`() {
        var pace = CommitPace(intervalMicros: 3_600_000_000)
        pace.begin(count: 1)
        #expect(Self.waited(pace, queued: 1) < .seconds(60))
        pace.begin(count: 10)
        #expect(Self.waited(pace, queued: CommitPace.enough) < .seconds(60))
    }

    @Test func `many are taken only when they are there, what ends a transfer first`() {
        let queue = CommitQueue(limit: 8)
        func item(_ command: Command) -> CommitQueue.Item {
            CommitQueue.Item(command: command, key: nil) { _ in }
        }
        let payment = Command.OpenTransfer.payment(from: AccountID(1), to: AccountID(2), 1)
        _ = queue.put([item(.transfer(payment))])
        #expect(queue.take(count: 2, maximum: 8, withinMicros: 100).isEmpty)
        _ = queue.put([item(.expire(.fresh()))])
        let taken = queue.take(count: 2, maximum: 8, withinMicros: 3_600_000_000)
        #expect(taken.map(\.command.isUrgent) == [true, false])
        #expect(queue.count == 0)
        queue.stop()
        #expect(queue.take(count: 1, maximum: 8, withinMicros: 3_600_000_000).isEmpty)
    }
}

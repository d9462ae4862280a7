internal import EventLog
internal import Foundation
internal import Ledger
internal import PostgreSQL

extension Wallet {
    /// How long after its deadline a request still waits for an outcome, in milliseconds.
    private static let graceMilliseconds: Int64 = 5_000
    private static let sweepLimit = 512
    /// Keys deleted at once: a few milliseconds' work, for which a commit may have to wait that repeats one of them.
    private static let purgeLimit = 500
    /// Together more keys a second than a ledger takes in, so that what is left of an outage is made up for.
    private static let purgesPerSweep = 80

    /// Loops: this process's own deadlines, to the hundredth of a second; each second, who has another tier; and, each
    /// second, whatever the log and the database say is due, whoever made it and whenever, and the idempotency keys that
    /// are too old.
    func startSweeping() {
        run { [self] in
            let grace = DeadlineQueue()
            while !Task.isCancelled {
                try? await Task.sleep(for: .milliseconds(10))
                let now = WallClock.now
                let due = deadlines.takeDue(at: now).filter { waiters.isAwaited($0) }
                for id in due {
                    grace.add(id, due: now.adding(milliseconds: Self.graceMilliseconds))
                }
                if !due.isEmpty { commit.submit(all: due.map { .decideByPolicy($0) }) }
                for id in grace.takeDue(at: now) { waiters.giveUp(id) }
            }
        }
        if configuration.pricing != nil {
            run { [self] in
                while !Task.isCancelled {
                    do throws(PostgreSQLError) { try await tiers.look() } catch {
                        logger.warning("tiers stay as they were", metadata: ["error": "\(error)"])
                    }
                    try? await Task.sleep(for: .seconds(1))
                }
            }
        }
        run { [self] in
            var purge = LedgerQueries.KeyPurge()
            while !Task.isCancelled {
                try? await Task.sleep(for: .seconds(1))
                await sweep()
                await purgeKeys(&purge)
            }
        }
    }

    private func sweep() async {
        var reserved = undecided.due(at: WallClock.now)[...]
        while !reserved.isEmpty, !Task.isCancelled {
            await expire(reserved.prefix(Self.sweepLimit))
            reserved = reserved.dropFirst(Self.sweepLimit)
        }
        do throws(PostgreSQLError) {
            while !Task.isCancelled {
                let due = try await queries.due(limit: Self.sweepLimit)
                await expire(due.map(\.transfer))
                if due.count < Self.sweepLimit { return }
            }
        } catch {
            logger.warning("the sweep failed", metadata: ["error": "\(error)"])
        }
    }

    /// Asks for the expiry of some transfers and waits until it has been tried.
    private func expire(_ transfers: some Collection<TransferID>) async {
        if transfers.isEmpty { return }
        await withCheckedContinuation { (continuation: CheckedContinuation<Void, Never>) in
            let last = transfers.count - 1
            commit.submit(all: transfers.map { .expire($0) }) { index, _ in
                if index == last { continuation.resume() }
            }
        }
    }

    private func purgeKeys(_ purge: inout LedgerQueries.KeyPurge) async {
        do throws(PostgreSQLError) {
            for _ in 0..<Self.purgesPerSweep where !Task.isCancelled {
                purge = try await queries.purgeKeys(
                    olderThanSeconds: configuration.keyRetentionSeconds, after: purge,
                    limit: Self.purgeLimit)
                if purge.count < Self.purgeLimit { return }
            }
        } catch {
            logger.warning("old keys were not purged", metadata: ["error": "\(error)"])
        }
    }
}

import EventLog
import Ledger
import Synchronization

@testable import Wallet

/// Decides as the test says, by amount, as an engine would: from the log, a moment later.
final class StubEngine: Sendable {
    private struct State {
        var commit: GroupCommit?
        var verdicts: [Int64: DecisionAction] = [:]
        var isSilent = false
    }
    private let state = Mutex(State())

    static let reason = Reason(
        code: "VELOCITY_1H", feature: "payer.count.1h", value: 14, baseline: 1.5,
        contribution: 2.25)

    static let rules = ["night \"watch\"", "list: watch device", "shadow: try out"]

    /// Amounts, in minor units, that are not plainly approved.
    func decide(_ amount: Int64, _ action: DecisionAction) {
        state.withLock { $0.verdicts[amount] = action }
    }

    func beSilent(_ isSilent: Bool) { state.withLock { $0.isSilent = isSilent } }

    func attach(to wallet: Wallet) {
        state.withLock { $0.commit = wallet.commit }
        wallet.engine.heard(at: Timestamp(Int64.max / 2))
    }

    func consume(_ stored: StoredBatch) {
        guard let batch = try? EventBatch(encoded: stored.payload) else { return }
        for index in 0..<batch.count where batch.event(at: index).kind == .reserved {
            let event = batch.event(at: index)
            let (commit, action) = state.withLock { state in
                (state.isSilent ? nil : state.commit, state.verdicts[event.amount] ?? .approve)
            }
            commit?.submit(Self.decision(action, of: event.transfer, at: event.sequence)) { _ in }
        }
    }

    static func decision(
        _ action: DecisionAction, of transfer: TransferID, at sequence: EventLog.Sequence
    ) -> Command {
        let detail = DecisionDetail(features: [14], reasons: [reason], rules: Self.rules)
        return .decide(
            .init(
                transfer: transfer,
                decision: Decision(
                    action: action, scoreBits: (action == .approve ? 0.0125 : 0.875).bitPattern,
                    featureDigest: 1, sequence: sequence, epoch: 0, elapsedMicros: 1),
                detail: action == .approve ? nil : detail, leaseToken: 0))
    }
}

import EventLog
import Ledger
import Testing

@testable import Wallet

/// What nobody waits for comes to rest all the same.
@Suite struct SweepTests {
    @Test
    func `a reservation is ended by the sweep of the process that made it, and of the next one`()
        async throws
    {
        let fixture = try await WalletFixture(withEngine: false)
        let ann = try await fixture.wallet.entry(fixture.account("ann", 10_000))
        let bob = try await fixture.wallet.entry(fixture.account("bob", 0))
        func reserve(by wallet: Wallet, withinMilliseconds: Int64) async throws -> TransferID {
            let id = WallClock.newID()
            // Not by way of `open`, which would look after its deadline.
            let effect = try await wallet.commit.submit(
                .transfer(
                    .init(
                        id: id, kind: .payment, currency: 840, payer: ann.id, payee: bob.id,
                        amount: 1_000, mode: .askEngine(withinMilliseconds: withinMilliseconds))))
            guard case .transfer(let transfer, _) = effect else { return .none }
            #expect(transfer.state == .reserved)
            return id
        }
        func state(_ id: TransferID, seenBy wallet: Wallet) async throws -> TransferState {
            for _ in 0..<400 {
                let state = try await wallet.transfer(id).transfer.state
                if state != .reserved { return state }
                try await Task.sleep(for: .milliseconds(50))
            }
            return .reserved
        }
        let first = try await reserve(by: fixture.wallet, withinMilliseconds: 100)
        #expect(try await state(first, seenBy: fixture.wallet) == .held)
        let second = try await reserve(by: fixture.wallet, withinMilliseconds: 3_000)
        await fixture.stop()

        let next = try fixture.successor()
        #expect(try await state(second, seenBy: next) == .held)
        let account = try await next.view(ann.publicID).account
        #expect(account.reserved == 2_000)
        await next.stop()
    }
}

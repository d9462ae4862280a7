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

    @Test
    func `what waits when its process ends is ended by the sweep of the next one, as was promised`()
        async throws
    {
        let fixture = try await WalletFixture(
            withEngine: false,
            policy: LedgerPolicy(authorizationSeconds: 5, holdSeconds: 5, challengeSeconds: 5))
        let ann = try await fixture.wallet.entry(fixture.account("ann", 10_000))
        let bob = try await fixture.wallet.entry(fixture.account("bob", 0))
        // From then on the lease's token stays the same.
        #expect(await fixture.eventually { fixture.token != nil })
        let token = try #require(fixture.token)
        let wallet = fixture.wallet
        let epoch = try await wallet.queries.head().epoch
        func decided(_ kind: TransferKind, _ action: DecisionAction) async throws -> Transfer {
            let reserved = try transfer(
                await wallet.commit.submit(
                    .transfer(
                        .init(
                            id: WallClock.newID(), kind: kind, currency: 840, payer: ann.id,
                            payee: bob.id, amount: 1_000,
                            mode: .askEngine(withinMilliseconds: 600_000)))))
            let decision = Decision(
                action: action, scoreBits: (0.5).bitPattern, featureDigest: 1,
                sequence: reserved.createdSequence, epoch: epoch, elapsedMicros: 1)
            return try transfer(
                await wallet.commit.submit(
                    .decide(
                        .init(
                            transfer: reserved.id, decision: decision, detail: nil,
                            leaseToken: token))))
        }
        let held = try await decided(.payment, .hold)
        let challenged = try await decided(.payment, .challenge)
        let untouched = try await decided(.authorization, .approve)
        let opened = try await decided(.authorization, .approve)
        let captured = try transfer(
            await wallet.commit.submit(.capture(opened.id, amount: 400, final: false)))
        let waiting = [held, challenged, untouched, captured]
        #expect(waiting.map(\.state) == [.held, .challenged, .authorized, .authorized])
        #expect(try await wallet.view(ann.publicID).account.reserved == 3_600)
        await fixture.stop()
        // Nothing was due yet: what follows is the next one's doing.
        #expect(try fixture.number("SELECT count(*) FROM waiting") == 4)

        // It would wait for days: what was recorded counts.
        let next = try fixture.successor()
        #expect(
            await fixture.eventually {
                (try? fixture.number("SELECT count(*) FROM waiting")) == 0
            })
        var ended: [Transfer] = []
        for transfer in waiting { ended.append(try await next.transfer(transfer.id).transfer) }
        #expect(ended.map(\.state) == [.voided, .voided, .voided, .posted])
        #expect(ended.map(\.captured) == [0, 0, 0, 400])
        let actions = ended.compactMap(\.action)
        #expect(actions == [.hold, .challenge, .approve, .approve])
        let payer = try await next.view(ann.publicID).account
        #expect(payer.reserved == 0 && payer.posted == 9_600)
        let payee = try await next.view(bob.publicID).account
        #expect(payee.reserved == 0 && payee.posted == 400)
        let expiries = try await next.queries.history(of: ann.id, limit: 100)
            .filter { $0.kind == .voided && $0.cause == .expiry }
        let givenBack = expiries.map { -$0.reservedChange }.sorted()
        #expect(givenBack == [600, 1_000, 1_000, 1_000])
        #expect(expiries.allSatisfy { $0.postedChange == 0 })
        await next.stop()
    }

    private func transfer(_ effect: Effect) throws -> Transfer {
        guard case .transfer(let transfer, _) = effect else {
            throw LedgerError.corrupt("\(effect)")
        }
        return transfer
    }
}

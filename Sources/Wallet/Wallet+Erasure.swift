internal import EventLog
public import Ledger
internal import PostgreSQL
internal import Synchronization

extension Wallet {
    /// Destroys what risk knows of an account's payments: their places, and the tokens of devices, instruments and network
    /// addresses. The account's debits must be frozen. The engine's state goes on to depend on it until it is made anew,
    /// see ``WalletConfiguration/rebaseAfterSeconds``.
    ///
    /// - Throws: ``WalletError`` with the code `unknown_account`, `account_active` if debits are not frozen, or
    ///   `unavailable`.
    public func eraseContext(of account: PublicAccountID) async throws(WalletError) {
        let entry = try await entry(account)
        _ = try await submit(.eraseContext(entry.id), nil)
    }

    /// Has the engine's state made anew, if something was erased long enough ago; to be called by whoever publishes, again
    /// and again. Waits for no commit.
    func rebaseIfDue() async {
        guard !isRebasing.load(ordering: .acquiring) else { return }
        do throws(PostgreSQLError) {
            guard let first = try await queries.firstUnrebasedErasure(),
                WallClock.now >= first.adding(seconds: configuration.rebaseAfterSeconds)
            else { return }
        } catch {
            return logger.warning("erasures cannot be read", metadata: ["error": "\(error)"])
        }
        isRebasing.store(true, ordering: .releasing)
        commit.submit(all: [.rebase]) { [self] _, result in
            isRebasing.store(false, ordering: .releasing)
            switch result {
            case .success:
                logger.notice("the engine's state is made anew without what was erased")
            case .failure(let error):
                logger.warning("the state is not made anew", metadata: ["error": "\(error)"])
            }
        }
    }
}

internal import Hummingbird
internal import PersonalWallets

extension Problem {
    /// What is refused of a person's wallet.
    init(_ error: PersonalWalletError) {
        switch error {
        case .wallet(let error): self.init(error)
        case .people(let error): self.init(error)
        }
    }
}

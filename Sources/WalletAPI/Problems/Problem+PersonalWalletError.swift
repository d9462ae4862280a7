internal import Hummingbird
internal import PersonalWallets

extension Problem {
    /// What is refused of a person's wallet.
    init(_ error: PersonalWalletError) {
        switch error {
        case .wallet(let error): self.init(error)
        case .people(let error): self.init(error)
        case .unknownPayee:
            self.init(
                status: .notFound, code: "unknown_payee", detail: "nobody has this handle",
                field: "to")
        case .noWallet:
            self.init(
                status: .unprocessableContent, code: "no_wallet",
                detail: "you have no wallet of this currency: open one at /v1/me/wallets",
                field: "amount.currency")
        case .unknownPayment:
            self.init(
                status: .notFound, code: "unknown_transfer",
                detail: "there is no such payment of yours")
        case .unknownWallet:
            self.init(
                status: .notFound, code: "unknown_account",
                detail: "there is no such wallet of yours")
        }
    }
}

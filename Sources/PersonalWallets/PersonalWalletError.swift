public import People
public import Wallet

/// Why something is not done with a person's wallet.
public enum PersonalWalletError: Error, Sendable {
    /// The ledger refuses it.
    case wallet(WalletError)
    /// It is refused of who asks, or of whom it is about.
    case people(PeopleError)

    static func refused(
        _ kind: PeopleError.Kind, _ code: String, _ detail: String, field: String? = nil,
        retryAfterSeconds: Int64? = nil
    ) -> PersonalWalletError {
        .people(
            PeopleError(kind, code, detail, field: field, retryAfterSeconds: retryAfterSeconds))
    }

    /// A stable word for programs.
    public var code: String {
        switch self {
        case .wallet(let error): error.name
        case .people(let error): error.code
        }
    }

    /// Whether it may have taken place all the same: ledger or database could not be reached, or did not answer.
    var isUnavailable: Bool {
        switch self {
        case .wallet(let error): error.isUnavailable
        case .people(let error): error.kind == .unavailable
        }
    }

    static let unknownPayee = refused(
        .notFound, "unknown_payee", "nobody is called so", field: "to")
    static let payeeUnavailable = refused(
        .forbidden, "payee_unavailable", "this person cannot be paid or asked by you", field: "to")
    static let noWallet = refused(
        .invalid, "no_wallet",
        "you have no wallet of this currency: open one at /v1/me/wallets", field: "amount.currency")
    static let unknownPayment = refused(
        .notFound, "unknown_transfer", "there is no such payment of yours")
    static let unknownWallet = refused(
        .notFound, "unknown_account", "there is no such wallet of yours")
    static let ownWallet = refused(
        .invalid, "same_payer_and_payee", "payer and payee must differ", field: "to")
}

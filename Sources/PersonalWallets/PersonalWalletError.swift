public import People
public import Wallet

/// Why something is not done with a person's wallet.
public enum PersonalWalletError: Error, Sendable {
    /// The ledger refuses it.
    case wallet(WalletError)
    /// It is refused of who asks, or of whom it is about.
    case people(PeopleError)
    /// Nobody is called so.
    case unknownPayee
    /// The payer has no wallet of the currency.
    case noWallet
    /// There is no such payment, or it is not the person's.
    case unknownPayment
    /// There is no such wallet of the person's.
    case unknownWallet
}

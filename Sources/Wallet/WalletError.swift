public import Ledger

/// Why the wallet does not do what it was asked. Expected outcomes; one place maps them to HTTP.
public struct WalletError: Error, Sendable, Equatable {
    enum Code: Sendable, Equatable {
        case refused(Refusal)
        case busy(retryAfterSeconds: Int)
        case unavailable
        case outcomeUnknown
        case invalid(code: String)
    }
    var code: Code
    /// What was wrong and what would be right, for people.
    public var detail: String

    /// The ledger's rules forbid it; nothing was written.
    public static func refused(_ refusal: Refusal, _ detail: String) -> WalletError {
        WalletError(code: .refused(refusal), detail: detail)
    }
    /// The request itself is wrong, and did not reach the ledger; `code` is stable and shown outside.
    public static func invalid(_ code: String, _ detail: String) -> WalletError {
        WalletError(code: .invalid(code: code), detail: detail)
    }
    static let outOfReach = WalletError(
        code: .unavailable,
        detail:
            "the ledger cannot be reached now; with the same Idempotency-Key it is safe to ask again"
    )

    static let outcomeUnknown = WalletError(
        code: .outcomeUnknown,
        detail:
            "the connection to the database broke while this was being written: it may have taken place; "
            + "look before it is asked for again")

    init(code: Code, detail: String) {
        self.code = code
        self.detail = detail
    }

    init(_ error: LedgerError) {
        switch error {
        case .refused(let refusal): self = .refused(refusal, refusal.explanation)
        case .busy(let seconds):
            self.init(
                code: .busy(retryAfterSeconds: seconds),
                detail: "more payments wait than may; ask again in \(seconds) s")
        case .unavailable, .stopped, .corrupt: self = .outOfReach
        }
    }

    /// The ledger's reason, if it is the ledger's.
    public var refusal: Refusal? {
        if case .refused(let refusal) = code { return refusal }
        return nil
    }
    /// The stable code shown outside.
    public var name: String {
        switch code {
        case .refused(let refusal): refusal.rawValue
        case .busy: "busy"
        case .unavailable: "unavailable"
        case .outcomeUnknown: "outcome_unknown"
        case .invalid(let code): code
        }
    }
    /// Whether the queue was full: nothing was written, and it is safe to ask again.
    public var isBusy: Bool { retryAfterSeconds != nil }
    /// Whether the ledger was out of reach: what was written may not be known, and the same key finds it out.
    public var isUnavailable: Bool { code == .unavailable || code == .outcomeUnknown }
    /// After how many seconds to ask again, if the wallet is too busy.
    public var retryAfterSeconds: Int? {
        if case .busy(let seconds) = code { return seconds }
        return nil
    }
}

extension Refusal {
    /// A sentence for people.
    var explanation: String {
        switch self {
        case .unknownAccount: "there is no such account"
        case .unknownTransfer: "there is no such transfer"
        case .currencyMismatch: "payer, payee and amount must be of one currency"
        case .invalidAmount: "an amount must be greater than zero"
        case .samePayerAndPayee: "payer and payee must differ"
        case .insufficientFunds: "the amount is more than the payer's available balance and limit"
        case .debitsFrozen: "debits of the paying account are frozen"
        case .creditsFrozen: "credits to the receiving account are frozen"
        case .hourCountCap: "the payer's cap on payments in an hour would be exceeded"
        case .hourSumCap: "the payer's cap on the sum paid in an hour would be exceeded"
        case .dayCountCap: "the payer's cap on payments in a UTC day would be exceeded"
        case .daySumCap: "the payer's cap on the sum paid in a UTC day would be exceeded"
        case .paymentLimit: "the payer's limit on a single payment would be exceeded"
        case .dayLimit: "the payer's limit on what is spent in a UTC day would be exceeded"
        case .monthLimit: "the payer's limit on what is spent in a UTC month would be exceeded"
        case .tooLate: "what was to be carried out is no longer good"
        case .balanceOverflow: "a balance would become larger than can be kept"
        case .wrongState: "the transfer is not in a state that allows this"
        case .overCapture: "more would be captured than is left of the authorization"
        case .overRefund: "more would be refunded than is left of the payment"
        case .notRefundable: "only posted payments and captured authorizations are refunded"
        case .idempotencyConflict: "the Idempotency-Key was used before with another request"
        case .limitBelowUse: "the account already uses more than the new limit"
        case .accountActive:
            "the account may pay: freeze its debits before what is known of its payments is erased"
        case .houseAccount: "accounts of the house are not changed this way"
        case .staleEpoch: "the decision is of an engine that no longer decides"
        case .staleLease: "the decision came through a publisher that no longer holds the lease"
        case .alreadyDecided: "the transfer is decided"
        case .notDue: "the transfer has not expired"
        case .duplicate: "there is one of that identifier"
        case .tooManyLegs: "the transfer has too many legs"
        case .invalidLimit: "limits must not be negative"
        case .unusablePolicy: "engines could not decide with this policy"
        }
    }
}

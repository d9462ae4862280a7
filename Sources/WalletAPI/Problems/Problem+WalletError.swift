internal import Hummingbird
internal import Ledger
internal import Wallet

extension Problem {
    /// The one place that maps what the wallet refuses to HTTP.
    init(_ error: WalletError) {
        self.init(status: Self.status(of: error), code: error.name, detail: error.detail)
        if let seconds = error.retryAfterSeconds { headers[.retryAfter] = String(seconds) }
        if error.isUnavailable { headers[.retryAfter] = "1" }
    }

    private static func status(of error: WalletError) -> HTTPResponse.Status {
        if let refusal = error.refusal { return status(of: refusal) }
        if error.isBusy { return .tooManyRequests }
        if error.isUnavailable { return .serviceUnavailable }
        return .badRequest
    }

    /// 404 for what does not exist, 409 for what came too late, 422 for what the rules of money forbid; a reused key
    /// is 422 by draft-ietf-httpapi-idempotency-key-header.
    private static func status(of refusal: Refusal) -> HTTPResponse.Status {
        switch refusal {
        case .unknownAccount, .unknownTransfer: .notFound
        case .wrongState, .alreadyDecided, .notDue, .duplicate, .staleEpoch, .staleLease: .conflict
        case .idempotencyConflict, .currencyMismatch, .invalidAmount, .samePayerAndPayee,
            .insufficientFunds, .debitsFrozen, .creditsFrozen, .hourCountCap, .hourSumCap,
            .dayCountCap, .daySumCap, .balanceOverflow, .overCapture, .paymentLimit, .dayLimit,
            .monthLimit, .tooLate,
            .overRefund, .notRefundable, .limitBelowUse, .accountActive, .houseAccount,
            .tooManyLegs,
            .invalidLimit, .unusablePolicy:
            .unprocessableContent
        }
    }
}

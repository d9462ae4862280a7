internal import Cryptography
public import EventLog
public import Identity
internal import PostgreSQL
internal import Vault
internal import WebAuthn

/// What a payer agrees to when they confirm a payment: nothing else can be confirmed by the same answer (dynamic linking,
/// Commission Delegated Regulation (EU) 2018/389, article 5).
public struct PaymentTerms: Sendable, Equatable {
    /// Which transfer.
    public var transfer: TransferID
    /// Public identifier of the account that is paid.
    public var payee: String
    /// What moves, in minor units of the currency.
    public var amountMinor: Int64
    /// Alphabetic code of the currency.
    public var currency: String

    /// Terms as the ledger has them.
    public init(transfer: TransferID, payee: String, amountMinor: Int64, currency: String) {
        self.transfer = transfer
        self.payee = payee
        self.amountMinor = amountMinor
        self.currency = currency
    }

    fileprivate func challenge(_ nonce: [UInt8]) -> Challenge? {
        var id: [UInt8] = []
        for half in [transfer.high, transfer.low] {
            withUnsafeBytes(of: half.bigEndian) { id.append(contentsOf: $0) }
        }
        guard
            let terms = try? TransferTerms(
                transferID: id, payee: payee, amountMinor: amountMinor, currency: currency)
        else { return nil }
        return try? TransactionChallenge(nonce: nonce, terms: terms).challenge
    }
}

/// What a payer shows to confirm a payment.
public enum PaymentProof: Sendable {
    /// A code of an authenticator application, or a recovery code.
    case factor(SecondFactor)
    /// The answer of a passkey to a question about this payment: JSON as browsers write it.
    case passkey(PasskeyChallengeID, [UInt8])

    /// Stands for what is shown and for what it is shown.
    fileprivate func index(
        of transfer: TransferID, by person: PersonID, _ key: LookupKey
    ) -> [UInt8] {
        let shown =
            switch self {
            case .factor(.timeBasedCode(let code)): "totp \(code)"
            case .factor(.recoveryCode(let code)): "recovery \(code)"
            case .passkey(let question, let answer):
                "passkey \(question) \(SHA256.hash(answer))"
            }
        return key.index(of: "\(transfer) \(person) \(shown)", kind: "payment.proof")
    }
}

extension People {
    /// Asks for a passkey of a payer: what it signs is made of the payment's terms.
    public func askPasskey(
        _ person: PersonID, toConfirm terms: PaymentTerms
    ) async throws(PeopleError) -> PasskeyQuestion {
        let passkeys = try passkeys()
        let now = now
        return try await transact { connection throws(PostgreSQLError) -> Answer<PasskeyQuestion> in
            let nonce = Passkeys.challenge()
            guard let challenge = terms.challenge(nonce.bytes) else {
                return .failure(.wrongPasskey)
            }
            let id = PasskeyChallengeID(at: now)
            // The nonce is kept, not what is made of it: an answer is looked at by the terms as they are then.
            try PasskeyChallengeRow.insert(
                id, nonce, for: .payment, of: person, at: now, on: &connection)
            return .success(
                PasskeyQuestion(
                    id: id,
                    options: passkeys.requestOptions(
                        challenge, allowing: try PasskeyRow.all(of: person, on: &connection))))
        }
    }

    /// What came of showing this very proof for this payment before; nil if it was not.
    public func outcome(
        of proof: PaymentProof, for transfer: TransferID, by person: PersonID
    ) async throws(PeopleError) -> Bool? {
        let index = proof.index(of: transfer, by: person, configuration.lookupKey)
        return try await transact { connection throws(PostgreSQLError) -> Answer<Bool?> in
            let row = try PaymentConfirmationRow.find(transfer, on: &connection)
            return .success(row.flatMap { $0.proof == index ? $0.isRight : nil })
        }
    }

    /// Whether a payer has confirmed a payment: a passkey's answer is to these very terms; a code is taken once. The same
    /// proof of the same payment has the same outcome, however often it comes; after a wrong one there is no right one.
    ///
    /// - Throws: ``PeopleError`` where nothing was judged: too many attempts, or no second factor at all.
    public func isConfirmed(
        _ terms: PaymentTerms, by person: PersonID, _ proof: PaymentProof
    ) async throws(PeopleError) -> Bool {
        let passkeys = knownPasskeys
        let (now, keyring, lookupKey) = (now, configuration.keyring, configuration.lookupKey)
        return try await enact { connection, acts throws(PostgreSQLError) -> Answer<Bool> in
            guard let row = try PersonRow.find(person, on: &connection, locked: true) else {
                return .failure(.unknownPerson)
            }
            guard row.hasSecondFactor else {
                return .failure(
                    PeopleError(
                        .conflict, "no_second_factor",
                        "a passkey or an authenticator application is needed to confirm a payment"))
            }
            let index = proof.index(of: terms.transfer, by: person, lookupKey)
            if let earlier = try PaymentConfirmationRow.find(terms.transfer, on: &connection),
                earlier.proof == index || !earlier.isRight
            {
                return .success(earlier.isRight)
            }
            // Why it is not right.
            var cause: String?
            switch proof {
            case .factor(let factor):
                switch try factor.judge(of: row, keyring, lookupKey, at: now, on: &connection) {
                case .success(let isRight): if !isRight { cause = "wrong_code" }
                case .failure(let error): return .failure(error)
                }
            case .passkey(let question, let answer):
                guard let passkeys else { return .failure(.passkeysUnavailable) }
                let nonce = try PasskeyChallengeRow.take(
                    question, for: .payment, of: person, at: now, on: &connection)
                if let challenge = nonce.flatMap({ terms.challenge($0.bytes) }) {
                    if case .failure(let error) = try passkeys.answered(
                        answer, challenge, by: person, at: now, on: &connection)
                    {
                        cause = error.facts.cause ?? error.code
                    }
                } else {
                    cause = PeopleError.unaskedPasskey.facts.cause
                }
            }
            // A wrong one voids the payment: so often it can be tried.
            acts.add(
                .paymentConfirmed, by: person, on: "\(terms.transfer)",
                cause == nil ? .succeeded : .refused, cause.map { [("cause", $0)] } ?? [])
            try PaymentConfirmationRow(proof: index, isRight: cause == nil).keep(
                for: terms.transfer, by: person, at: now, on: &connection)
            return .success(cause == nil)
        }
    }
}

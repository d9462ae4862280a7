internal import EventLog
internal import ForeignExchange
internal import PersonalWallets
internal import Wallet

extension JSONObject {
    /// A handle, e-mail address or telephone number.
    func payee(_ name: Name) throws(Problem) -> Payee {
        guard let payee = Payee(try string(name, maximumBytes: 320)) else {
            throw .bad(
                "invalid_payee",
                "\(path(of: name)) must be a handle such as @ann, an e-mail address, or a telephone "
                    + "number such as +49 30 901820", field: path(of: name))
        }
        return payee
    }

    /// What something is for: 1 to 280 characters, none of them for control.
    func optionalNote(_ name: Name) throws(Problem) -> String? {
        guard let text = try optionalString(name, maximumBytes: 1_120) else { return nil }
        guard text.count <= 280,
            !text.unicodeScalars.contains(where: { $0.properties.generalCategory == .control })
        else {
            throw .bad(
                "invalid_note",
                "\(path(of: name)) must have 1 to 280 characters, and none for control",
                field: path(of: name))
        }
        return text
    }

    /// A moment; nil if it is left out.
    func optionalMoment(_ name: Name) throws(Problem) -> Timestamp? {
        guard let text = try optionalString(name, maximumBytes: 64) else { return nil }
        guard let moment = Timestamp(request: text) else { throw .invalidTime(path(of: name)) }
        return moment
    }

    /// An offer to exchange.
    func quote(_ name: Name) throws(Problem) -> FXQuoteID {
        guard let id = FXQuoteID(try string(name, maximumBytes: 64)) else {
            throw .invalidUUID(path(of: name))
        }
        return id
    }
}

extension APIContext {
    /// What risk should know of a payment. Where a request comes from, and with which device, is not the client's to say.
    func risk(of json: JSONValue?, at path: String) throws(Problem) -> PaymentRequest.Context {
        var risk = PaymentRequest.Context()
        if let json { risk = try PaymentRequest.Context(json, at: path) }
        risk.device = caller.device.map { "\($0)" }
        risk.address = address.isEmpty ? nil : address
        return risk
    }
}

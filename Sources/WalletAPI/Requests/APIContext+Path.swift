internal import EventLog
internal import Ledger

extension APIContext {
    /// The account that the path names.
    func accountID() throws(Problem) -> PublicAccountID {
        PublicAccountID(uuid: try transferID())
    }

    /// The transfer that the path names.
    func transferID() throws(Problem) -> TransferID {
        guard let text = parameters.get("id"), let id = TransferID(text) else {
            throw .invalidUUID("id")
        }
        return id
    }
}

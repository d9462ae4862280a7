internal import SplitMix

/// Bodies of payments among some accounts, put together from parts that were made before: people pay near home with
/// their own device, at merchants of one city.
struct PaymentBodies: Sendable {
    private struct Account: Sendable {
        var identifier: [UInt8]
        /// What follows the amount when this account pays.
        var context: [UInt8]
    }
    private let accounts: [Account]

    init(_ identifiers: [String]) {
        accounts = identifiers.enumerated().map { index, identifier in
            let latitude = 48.0 + Double(index % 400) / 100
            let longitude = 9.0 + Double(index / 400 % 400) / 100
            let context = """
                ,"currency":"USD"},"context":{"device":"device-\(index)","address":"net-\(index / 3)",\
                "place":{"latitude":\(latitude),"longitude":\(longitude)},"merchant_category":"5411",\
                "country":"DE"}}
                """
            return Account(identifier: Array(identifier.utf8), context: Array(context.utf8))
        }
    }

    /// A payment of 1.00 to 99.99 between two of the accounts.
    func draw(_ random: inout SplitMix64) -> [UInt8] {
        let payer = Int(random.next() % UInt64(accounts.count))
        var payee = Int(random.next() % UInt64(accounts.count))
        if payee == payer { payee = (payer + 1) % accounts.count }
        let cents = Int(100 + random.next() % 9_900)
        var body: [UInt8] = []
        body.reserveCapacity(384)
        body += Self.payerField
        body += accounts[payer].identifier
        body += Self.payeeField
        body += accounts[payee].identifier
        body += Self.amountField
        if cents >= 1_000 { body.append(UInt8(0x30 + cents / 1_000)) }
        body.append(UInt8(0x30 + cents / 100 % 10))
        body.append(UInt8(ascii: "."))
        body.append(UInt8(0x30 + cents / 10 % 10))
        body.append(UInt8(0x30 + cents % 10))
        body.append(UInt8(ascii: "\""))
        body += accounts[payer].context
        return body
    }

    private static let payerField = Array(#"{"payer":""#.utf8)
    private static let payeeField = Array(#"","payee":""#.utf8)
    private static let amountField = Array(#"","amount":{"value":""#.utf8)
}

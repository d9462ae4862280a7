public import Cryptography
internal import EventLog

extension Receipt {
    /// The one text of a receipt, from which its hash is made: JSON in UTF-8 without white space,
    /// with members in this order; texts are as they were given, not normalised.
    ///
    ///     format        "holdfast-receipt-1"
    ///     transfer_id
    ///     sequence      a number
    ///     payer         {name, handle, account}
    ///     payee         {name, handle, account}
    ///     currency, amount
    ///     fees          [{paid_by, currency, amount}]
    ///     exchange      {rate, currency, delivered}, or null
    ///     reserved_at, posted_at   RFC 3339 with six decimals; the latter or null
    ///     decision
    ///
    /// Amounts are texts with all decimals of their currency.
    public var canonicalBytes: [UInt8] {
        var json = JSONText()
        json.object { writer in
            writer.member("format", "holdfast-receipt-1")
            writer.member("transfer_id", transfer.description)
            writer.member("sequence", sequence.rawValue)
            writer.member("payer", payer)
            writer.member("payee", payee)
            writer.amount("amount", amount)
            writer.name("fees")
            writer.array(fees) { writer, fee in
                writer.object {
                    $0.member("paid_by", fee.bearer.rawValue)
                    $0.amount("amount", fee.amount)
                }
            }
            writer.name("exchange")
            if let exchange {
                writer.object {
                    $0.member("rate", exchange.rate)
                    $0.amount("delivered", exchange.delivered)
                }
            } else {
                writer.null()
            }
            writer.member("reserved_at", reservedAt.rfc3339())
            writer.member("posted_at", postedAt?.rfc3339())
            writer.member("decision", decision)
        }
        return json.bytes
    }

    /// SHA-256 of ``canonicalBytes``. It says that nothing was changed only where it is compared
    /// with one that the service kept, or makes again from its log: it is no signature.
    public var hash: SHA256Digest { SHA256.hash(canonicalBytes) }

    /// ``canonicalBytes`` with one more member at the end, `sha256`: the hash in hexadecimal.
    public func json() -> [UInt8] {
        canonicalBytes.dropLast() + Self.seal(of: hash)
    }

    /// The hash within a receipt as ``json()`` wrote it; nil if the rest of it is not what was
    /// hashed, byte for byte.
    public static func hash(sealing json: [UInt8]) -> SHA256Digest? {
        let sealLength = seal(of: .zero).count
        guard json.count > sealLength else { return nil }
        let digest = SHA256.hash(json.dropLast(sealLength) + [UInt8(ascii: "}")])
        return json.suffix(sealLength).elementsEqual(seal(of: digest)) ? digest : nil
    }

    private static func seal(of hash: SHA256Digest) -> [UInt8] {
        Array(",\"sha256\":\"\(hash)\"}".utf8)
    }
}

extension JSONText {
    fileprivate mutating func amount(_ name: String, _ amount: Money) {
        member("currency", amount.currency.code)
        member(name, amount.decimal)
    }

    fileprivate mutating func member(_ name: String, _ party: ReceiptParty) {
        self.name(name)
        object {
            $0.member("name", party.holder.name)
            $0.member("handle", party.holder.handle)
            $0.member("account", party.account)
        }
    }
}

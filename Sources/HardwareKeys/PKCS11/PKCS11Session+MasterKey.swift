internal import CPKCS11
internal import Cryptography

/// What makes a token's key a master key.
extension PKCS11Session {
    /// The one AES key that is as the address says.
    func findKey(_ address: PKCS11URI) throws(HardwareKeyError) -> ck_object_handle_t {
        let keys = try allKeys(address)
        guard let key = keys.first, keys.count == 1 else {
            throw .key(address.keyDescription, matching: keys.count, in: token.label)
        }
        return key
    }

    private func allKeys(_ address: PKCS11URI) throws(HardwareKeyError) -> [ck_object_handle_t] {
        var template = AttributeTemplate()
        template.add(CKA_CLASS, number: CKO_SECRET_KEY)
        template.add(CKA_KEY_TYPE, number: CKK_AES)
        template.add(CKA_TOKEN, true)
        if let label = address.object { template.add(CKA_LABEL, Array(label.utf8)) }
        if let id = address.id { template.add(CKA_ID, id) }
        return try find(template, limit: 16)
    }

    /// The key of an address, made if there is none. Who finds that another made one at the same time withdraws: of
    /// two that look after they made theirs at least one sees both, so that at most one key remains.
    func findOrMakeKey(_ address: PKCS11URI) throws(HardwareKeyError) -> ck_object_handle_t {
        var count = 0
        for _ in 0..<32 {
            let keys = try allKeys(address)
            count = keys.count
            if let key = keys.first, count == 1 { return key }
            if keys.isEmpty {
                let key = try makeKey(address)
                if try allKeys(address).count == 1 { return key }
                try destroy(key)
            }
            // Others may be about to withdraw, or all have; chance decides who is next to try.
            pauseAtRandom()
        }
        throw .key(address.keyDescription, matching: count, in: token.label)
    }

    private func makeKey(_ address: PKCS11URI) throws(HardwareKeyError) -> ck_object_handle_t {
        guard let label = address.object else {
            throw .unfit(address.keyDescription, "a new key needs a label: object=…")
        }
        return try generateKey(label: label, id: address.id ?? randomBytes(16))
    }

    /// Says which key it is; only of a key that is fit for a master key.
    func identifier(
        of key: ck_object_handle_t, _ address: PKCS11URI
    ) throws(HardwareKeyError) -> String {
        let name = address.keyDescription
        guard try attribute(CKA_EXTRACTABLE, of: key) == [0],
            try attribute(CKA_SENSITIVE, of: key) == [1]
        else {
            throw .unfit(name, "it may leave the token: not CKA_SENSITIVE, or CKA_EXTRACTABLE")
        }
        guard try attribute(CKA_ENCRYPT, of: key) == [1],
            try attribute(CKA_DECRYPT, of: key) == [1]
        else { throw .unfit(name, "it must be CKA_ENCRYPT and CKA_DECRYPT") }
        let length = try attribute(CKA_VALUE_LEN, of: key)
        guard length == withUnsafeBytes(of: UInt(32), { Array($0) }) else {
            throw .unfit(name, "AES-256 is needed")
        }
        let id = try attribute(CKA_ID, of: key)
        guard !id.isEmpty else { throw .unfit(name, "it has no CKA_ID to tell it from others") }
        let label = try attribute(CKA_LABEL, of: key)
        var named = Array("holdfast.pkcs11-key".utf8)
        for part in [label, id] {
            named += withUnsafeBytes(of: UInt32(clamping: part.count).bigEndian) { Array($0) }
            named += part
        }
        return Hexadecimal.encode(SHA256.hash(named).bytes.prefix(8))
    }
}

internal import CPKCS11
internal import Cryptography

/// AES-GCM (NIST SP 800-38D) in the token: nonces of 96 bits, tags of 128.
extension PKCS11Session {
    static let nonceBytes = 12
    static let tagBytes = 16

    /// Nonce, ciphertext and tag of `plain`.
    func seal(
        _ plain: [UInt8], under key: ck_object_handle_t, authenticating context: [UInt8]
    ) throws(HardwareKeyError) -> [UInt8] {
        var plain = plain
        var nonce = randomBytes(Self.nonceBytes)
        var sealed = [UInt8](repeating: 0, count: plain.count + Self.tagBytes)
        var count = UInt(sealed.count)
        try withMechanism(&nonce, context) { (mechanism) throws(HardwareKeyError) in
            try call("C_EncryptInit") { [handle] in $0.C_EncryptInit?(handle, mechanism, key) }
            // The nonce is read after this: some tokens let nobody choose it, and put their own in its place.
            try call("C_Encrypt") { [handle] in
                $0.C_Encrypt?(handle, &plain, UInt(plain.count), &sealed, &count)
            }
        }
        guard count == UInt(sealed.count) else {
            throw .module(module.path, "made \(count) bytes of \(plain.count), not 16 more")
        }
        return nonce + sealed
    }

    /// What was sealed under the key with the same context; nil if it was not.
    func open(
        _ sealed: [UInt8], under key: ck_object_handle_t, authenticating context: [UInt8]
    ) throws(HardwareKeyError) -> [UInt8]? {
        guard sealed.count >= Self.nonceBytes + Self.tagBytes else { return nil }
        do throws(HardwareKeyError) {
            return try decrypt(sealed, under: key, authenticating: context)
        } catch {
            guard let code = error.returnCode, code.mayMeanWrongTag else { throw error }
            // Codes do not tell damaged data from a token that fails: one that still opens what it seals does not.
            let known = [UInt8](repeating: 0x5a, count: 32)
            let probe = try seal(known, under: key, authenticating: [])
            guard try decrypt(probe, under: key, authenticating: []) == known else { throw error }
            return nil
        }
    }

    private func decrypt(
        _ sealed: [UInt8], under key: ck_object_handle_t, authenticating context: [UInt8]
    ) throws(HardwareKeyError) -> [UInt8] {
        var nonce = Array(sealed.prefix(Self.nonceBytes))
        var body = Array(sealed.dropFirst(Self.nonceBytes))
        // Room for the tag as well: SoftHSM asks for it.
        var plain = [UInt8](repeating: 0, count: body.count)
        var count = UInt(plain.count)
        try withMechanism(&nonce, context) { (mechanism) throws(HardwareKeyError) in
            try call("C_DecryptInit") { [handle] in $0.C_DecryptInit?(handle, mechanism, key) }
            try call("C_Decrypt") { [handle] in
                $0.C_Decrypt?(handle, &body, UInt(body.count), &plain, &count)
            }
        }
        guard count == UInt(body.count - Self.tagBytes) else {
            throw .module(module.path, "made \(count) bytes of \(body.count), not 16 fewer")
        }
        return Array(plain.prefix(Int(count)))
    }

    private func withMechanism<Result>(
        _ nonce: inout [UInt8], _ context: [UInt8],
        _ body: (UnsafeMutablePointer<ck_mechanism>) throws(HardwareKeyError) -> Result
    ) throws(HardwareKeyError) -> Result {
        var context = context
        return try nonce.withUnsafeMutableBufferPointer { (nonce) throws(HardwareKeyError) in
            try context.withUnsafeMutableBufferPointer { (context) throws(HardwareKeyError) in
                var parameters = ck_gcm_params(
                    iv_ptr: nonce.baseAddress, iv_len: UInt(nonce.count),
                    iv_bits: UInt(nonce.count * 8),
                    aad_ptr: context.isEmpty ? nil : context.baseAddress,
                    aad_len: UInt(context.count), tag_bits: UInt(Self.tagBytes * 8))
                return try withUnsafeMutableBytes(of: &parameters) {
                    (parameters) throws(HardwareKeyError) in
                    var mechanism = ck_mechanism(
                        mechanism: CKM_AES_GCM, parameter: parameters.baseAddress,
                        parameter_len: UInt(parameters.count))
                    return try withUnsafeMutablePointer(to: &mechanism, body)
                }
            }
        }
    }
}

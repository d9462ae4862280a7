internal import CPKCS11

/// A session with a token. Closed when it is no longer held; one operation at a time.
struct PKCS11Session: ~Copyable {
    let module: PKCS11Module
    let token: PKCS11Token
    let handle: ck_session_handle_t

    /// Opens a session.
    ///
    /// - Parameter isWriting: whether objects can be made in it.
    init(
        _ module: PKCS11Module, _ token: PKCS11Token, isWriting: Bool
    ) throws(HardwareKeyError) {
        let flags = CKF_SERIAL_SESSION | (isWriting ? CKF_RW_SESSION : 0)
        var handle: ck_session_handle_t = 0
        try module.call("C_OpenSession", at: token.label) {
            $0.C_OpenSession?(token.slot, flags, nil, nil, &handle)
        }
        self.module = module
        self.token = token
        self.handle = handle
    }

    deinit {
        // Nothing can be done about a session that does not close, and one that is gone needs no closing.
        try? module.call("C_CloseSession", at: token.label) { $0.C_CloseSession?(handle) }
    }

    func call(
        _ name: String, _ body: (ck_function_list) -> ck_rv_t?
    ) throws(HardwareKeyError) {
        try module.call(name, at: token.label, body)
    }

    /// Logs this process in. A login is of all sessions that the process has with the token, so that another session
    /// may have done it; then the token does not look at the PIN.
    func logIn(_ pin: [UInt8]) throws(HardwareKeyError) {
        var pin = pin
        do throws(HardwareKeyError) {
            try call("C_Login") { [handle] in
                $0.C_Login?(handle, CKU_USER, &pin, UInt(pin.count))
            }
        } catch  where error.returnCode?.number == CKR_USER_ALREADY_LOGGED_IN {}
    }

    /// Objects that have the attributes; `limit` at most.
    func find(
        _ template: AttributeTemplate, limit: Int
    ) throws(HardwareKeyError) -> [ck_object_handle_t] {
        try call("C_FindObjectsInit") { [handle] functions in
            template.withAttributes { functions.C_FindObjectsInit?(handle, $0, $1) }
        }
        defer { try? call("C_FindObjectsFinal") { [handle] in $0.C_FindObjectsFinal?(handle) } }
        var objects: [ck_object_handle_t] = []
        while objects.count < limit {
            var found = [ck_object_handle_t](repeating: 0, count: limit - objects.count)
            var count: UInt = 0
            try call("C_FindObjects") { [handle] in
                $0.C_FindObjects?(handle, &found, UInt(found.count), &count)
            }
            if count == 0 { break }
            objects += found.prefix(Int(clamping: count))
        }
        return objects
    }

    /// An attribute's bytes.
    func attribute(
        _ type: UInt, of object: ck_object_handle_t
    ) throws(HardwareKeyError) -> [UInt8] {
        var attribute = ck_attribute(type: type, value: nil, value_len: 0)
        try call("C_GetAttributeValue") { [handle] in
            $0.C_GetAttributeValue?(handle, object, &attribute, 1)
        }
        // The length of what is not there is CK_UNAVAILABLE_INFORMATION; no attribute asked for here is long.
        guard attribute.value_len <= 65_536 else { return [] }
        var bytes = [UInt8](repeating: 0, count: Int(attribute.value_len))
        try call("C_GetAttributeValue") { [handle] functions in
            bytes.withUnsafeMutableBytes { buffer in
                attribute.value = buffer.baseAddress
                return functions.C_GetAttributeValue?(handle, object, &attribute, 1)
            }
        }
        return Array(bytes.prefix(Int(clamping: attribute.value_len)))
    }

    /// Makes an AES-256 key that stays in the token and never leaves it.
    func generateKey(label: String, id: [UInt8]) throws(HardwareKeyError) -> ck_object_handle_t {
        var template = AttributeTemplate()
        template.add(CKA_CLASS, number: CKO_SECRET_KEY)
        template.add(CKA_KEY_TYPE, number: CKK_AES)
        template.add(CKA_VALUE_LEN, number: 32)
        template.add(CKA_LABEL, Array(label.utf8))
        template.add(CKA_ID, id)
        for yes in [CKA_TOKEN, CKA_PRIVATE, CKA_SENSITIVE, CKA_ENCRYPT, CKA_DECRYPT] {
            template.add(yes, true)
        }
        for no in [CKA_EXTRACTABLE, CKA_WRAP, CKA_UNWRAP] { template.add(no, false) }
        var mechanism = ck_mechanism(mechanism: CKM_AES_KEY_GEN, parameter: nil, parameter_len: 0)
        var key: ck_object_handle_t = 0
        try call("C_GenerateKey") { [handle] functions in
            template.withAttributes { attributes, count in
                functions.C_GenerateKey?(handle, &mechanism, attributes, count, &key)
            }
        }
        return key
    }

    /// Takes an object out of the token for ever.
    func destroy(_ object: ck_object_handle_t) throws(HardwareKeyError) {
        try call("C_DestroyObject") { [handle] in $0.C_DestroyObject?(handle, object) }
    }
}

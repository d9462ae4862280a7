internal import CPKCS11

/// A token in one of a module's slots.
struct PKCS11Token {
    let slot: ck_slot_id_t
    let label: String
    let serial: String
    let manufacturer: String
    let model: String

    /// The one token that is as the address says. Looked for more than once: SoftHSM shows a token without its label
    /// while another process logs in to it.
    static func find(
        _ address: PKCS11URI, in module: PKCS11Module
    ) throws(HardwareKeyError) -> PKCS11Token {
        var tokens: [PKCS11Token] = []
        for attempt in 0..<4 {
            if attempt > 0 { pauseAtRandom() }
            tokens = try all(in: module)
            let matching = tokens.filter { $0.matches(address) }
            if let token = matching.first, matching.count == 1 { return token }
            if matching.count > 1 {
                throw .token(address.tokenDescription, matching: matching.count, among: [])
            }
        }
        throw .token(address.tokenDescription, matching: 0, among: tokens.map(\.label))
    }

    private func matches(_ address: PKCS11URI) -> Bool {
        label == address.token && (address.serial ?? serial) == serial
            && (address.manufacturer ?? manufacturer) == manufacturer
            && (address.model ?? model) == model
    }

    private static func all(in module: PKCS11Module) throws(HardwareKeyError) -> [PKCS11Token] {
        var tokens: [PKCS11Token] = []
        for slot in try slots(of: module) {
            var info = ck_token_info()
            do throws(HardwareKeyError) {
                try module.call("C_GetTokenInfo", at: "slot \(slot)") {
                    $0.C_GetTokenInfo?(slot, &info)
                }
            } catch {
                // A token that is being taken out or is none is not the one that is looked for.
                continue
            }
            tokens.append(PKCS11Token(slot, info))
        }
        return tokens
    }

    /// Slots with a token in them.
    private static func slots(of module: PKCS11Module) throws(HardwareKeyError) -> [ck_slot_id_t] {
        // Between the two calls a token may be put in; then the second says that there is too little room.
        for _ in 0..<8 {
            var count: UInt = 0
            try module.call("C_GetSlotList", at: "any") { $0.C_GetSlotList?(1, nil, &count) }
            var slots = [ck_slot_id_t](repeating: 0, count: Int(clamping: count))
            do throws(HardwareKeyError) {
                try module.call("C_GetSlotList", at: "any") {
                    $0.C_GetSlotList?(1, &slots, &count)
                }
                return Array(slots.prefix(Int(clamping: count)))
            } catch  where error.returnCode?.number == CKR_BUFFER_TOO_SMALL {
                continue
            }
        }
        throw .module(module.path, "changes its slots faster than they can be listed")
    }

    private init(_ slot: ck_slot_id_t, _ info: ck_token_info) {
        self.slot = slot
        label = Self.text(info.label)
        serial = Self.text(info.serial_number)
        manufacturer = Self.text(info.manufacturer_id)
        model = Self.text(info.model)
    }

    /// A field of fixed length is filled up with blanks, and not ended by a zero (section 3.1).
    private static func text<Field>(_ field: Field) -> String {
        withUnsafeBytes(of: field) { bytes in
            let end = bytes.lastIndex { $0 != 0x20 && $0 != 0 }.map { $0 + 1 } ?? 0
            return String(decoding: bytes[..<end], as: UTF8.self)
        }
    }
}

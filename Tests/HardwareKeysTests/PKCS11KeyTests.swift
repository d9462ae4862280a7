import CPKCS11
import Cryptography
import Foundation
import Testing
import Vault

@testable import HardwareKeys

/// Keys in SoftHSM's tokens.
@Suite struct PKCS11KeyTests {
    private let dataKey = randomBytes(32)
    private let owner = Array("person 7".utf8)

    private func isRefused(_ body: () throws(VaultError) -> [UInt8]) -> Bool {
        do throws(VaultError) {
            _ = try body()
            return false
        } catch { return error == .notOurs("data key") }
    }

    @Test func `what a key wraps it unwraps for the same owner only`() throws {
        let key = try PKCS11Key(SoftToken.shared.key("wraps"), ifMissing: .generate)
        let wrapped = try key.wrap(dataKey, context: owner)
        #expect(wrapped.count == 12 + 32 + 16)
        #expect(try key.unwrap(wrapped, context: owner) == dataKey)
        #expect(try key.wrap(dataKey, context: owner) != wrapped)
        #expect(isRefused { () throws(VaultError) in try key.unwrap(wrapped, context: []) })
        #expect(
            isRefused { () throws(VaultError) in
                try key.unwrap(wrapped, context: Array("person 8".utf8))
            })
        let bare = try key.wrap([], context: [])
        #expect(try key.unwrap(bare, context: []) == [])
    }

    @Test func `nothing altered unwraps, and the key goes on working`() throws {
        let key = try PKCS11Key(SoftToken.shared.key("altered"), ifMissing: .generate)
        let wrapped = try key.wrap(dataKey, context: owner)
        for index in wrapped.indices {
            var altered = wrapped
            altered[index] ^= 1
            #expect(isRefused { () throws(VaultError) in try key.unwrap(altered, context: owner) })
        }
        for count in [0, 1, 11, 12, 27, 28, 59] {
            let cut = Array(wrapped.prefix(count))
            #expect(isRefused { () throws(VaultError) in try key.unwrap(cut, context: owner) })
        }
        #expect(
            isRefused { () throws(VaultError) in try key.unwrap(wrapped + [0], context: owner) })
        #expect(try key.unwrap(wrapped, context: owner) == dataKey)
    }

    @Test func `two that open a key share it, and its identifier tells it from others`() throws {
        let first = try PKCS11Key(SoftToken.shared.key("shared"), ifMissing: .generate)
        let second = try PKCS11Key(SoftToken.shared.key("shared"))
        let other = try PKCS11Key(SoftToken.shared.key("not shared"), ifMissing: .generate)
        #expect(first.id == second.id)
        #expect(first.id.count == 16 && Hexadecimal.decode(first.id) != nil)
        #expect(first.id != other.id)
        let wrapped = try first.wrap(dataKey, context: owner)
        #expect(try second.unwrap(wrapped, context: owner) == dataKey)
        #expect(isRefused { () throws(VaultError) in try other.unwrap(wrapped, context: owner) })
    }

    @Test func `many who make the same key at once get one`() async throws {
        let ids = try await withThrowingTaskGroup(of: String.self) { group in
            for _ in 0..<8 {
                group.addTask {
                    try PKCS11Key(SoftToken.shared.key("raced for"), ifMissing: .generate).id
                }
            }
            return try await group.reduce(into: Set()) { $0.insert($1) }
        }
        #expect(ids.count == 1)
        #expect(try PKCS11Key(SoftToken.shared.key("raced for")).id == ids.first)
    }

    @Test func `many tasks use one key`() async throws {
        let key = try PKCS11Key(SoftToken.shared.key("busy"), ifMissing: .generate)
        let right = try await withThrowingTaskGroup(of: Int.self) { group in
            for task in 0..<16 {
                group.addTask {
                    var right = 0
                    for round in 0..<50 {
                        let plain = randomBytes(32)
                        let context = Array("\(task) \(round)".utf8)
                        let wrapped = try key.wrap(plain, context: context)
                        if try key.unwrap(wrapped, context: context) == plain { right += 1 }
                    }
                    return right
                }
            }
            return try await group.reduce(0, +)
        }
        #expect(right == 800)
    }

    @Test func `closed sessions and a logout are got over`() throws {
        let token = SoftToken.disturbed
        let address = try token.key("disturbed")
        let key = try PKCS11Key(address, ifMissing: .generate)
        let wrapped = try key.wrap(dataKey, context: owner)
        let module = try PKCS11Module.load(SoftToken.module)
        let slot = try PKCS11Token.find(address, in: module).slot

        try module.call("C_CloseAllSessions", at: token.label) { $0.C_CloseAllSessions?(slot) }
        #expect(try key.unwrap(wrapped, context: owner) == dataKey)

        let session = try PKCS11Session(
            module, try PKCS11Token.find(address, in: module), isWriting: false)
        let handle = session.handle
        try session.call("C_Logout") { $0.C_Logout?(handle) }
        #expect(try key.unwrap(key.wrap(dataKey, context: owner), context: owner) == dataKey)

        // Closed, and the PIN is another now: the first refusal is the last attempt.
        guard case .file(let path) = address.pin else { return }
        func write(_ pin: String) throws {
            try pin.write(toFile: path, atomically: true, encoding: .utf8)
            try FileManager.default.setAttributes([.posixPermissions: 0o600], ofItemAtPath: path)
        }
        try write("00000000")
        try module.call("C_CloseAllSessions", at: token.label) { $0.C_CloseAllSessions?(slot) }
        for pin in ["00000000", token.pin] {
            try write(pin)
            let refused = #expect(throws: VaultError.self) {
                try key.unwrap(wrapped, context: owner)
            }
            #expect(refused?.isUnavailable == true)
            #expect(refused?.description.contains("CKR_PIN_INCORRECT") == true)
        }
        let opened = try PKCS11Key(address)
        #expect(opened.id == key.id)
        #expect(try opened.unwrap(wrapped, context: owner) == dataKey)
    }

    @Test func `a wrong PIN is named as the reason, and not repeated`() throws {
        let address = try SoftToken.guarded.key("any", pin: "99887766")
        let error = #expect(throws: HardwareKeyError.self) { try PKCS11Key(address) }
        #expect(error?.returnCode?.description == "CKR_PIN_INCORRECT")
        #expect(
            error?.description
                == "C_Login at the token guarded answered CKR_PIN_INCORRECT: the PIN is not the token's"
        )
        let empty = try SoftToken.guarded.key("any", pin: "")
        let missing = #expect(throws: HardwareKeyError.self) { try PKCS11Key(empty) }
        #expect(missing?.description.hasSuffix("is empty, where a PIN should be") == true)
    }

    @Test func `what is not there is named`() throws {
        var address = try SoftToken.shared.key("absent")
        let key = #expect(throws: HardwareKeyError.self) { try PKCS11Key(address) }
        #expect(key?.isMissingKey == true)
        #expect(key?.description.contains("no AES key absent") == true)

        address.token = "no such"
        let token = #expect(throws: HardwareKeyError.self) { try PKCS11Key(address) }
        #expect(token?.description.contains("no token no such, only ") == true)
        #expect(token?.description.contains("guarded") == true)

        let twins = #expect(throws: HardwareKeyError.self) {
            try PKCS11Key(SoftToken.twin.key("any"))
        }
        #expect(twins?.description.hasPrefix("2 tokens are twin") == true)

        for (path, why) in [
            ("/usr/lib/softhsm/none.so", "cannot be loaded"),
            ("libsofthsm2.so", "is not named by an absolute path"),
            ("/usr/lib/x86_64-linux-gnu/libm.so.6", "has no C_GetFunctionList"),
        ] {
            address.modulePath = path
            let module = #expect(throws: HardwareKeyError.self) { try PKCS11Key(address) }
            #expect(module?.description.contains(why) == true)
        }
    }

    @Test func `a keyring goes over from a file's key to a token's without a stop`() throws {
        let file = try MasterKey(bytes: randomBytes(32))
        let hardware = try PKCS11Key(SoftToken.shared.key("rotated to"), ifMissing: .generate)
        let key = DataKey()
        let sealed = key.seal(Array("Ana".utf8), as: "name")

        let before = try Keyring(current: file).wrap(key, for: "7")
        let keyring = Keyring(current: hardware, older: [file])
        let after = try keyring.wrap(keyring.unwrap(before, for: "7"), for: "7")
        #expect(before.masterKey == file.id && after.masterKey == hardware.id)
        for wrapped in [before, after] {
            let unwrapped = try keyring.unwrap(wrapped, for: "7")
            #expect(try unwrapped.open(sealed, as: "name") == Array("Ana".utf8))
            #expect(throws: VaultError.self) { try keyring.unwrap(wrapped, for: "8") }
        }
        let alone = Keyring(current: hardware)
        _ = try alone.unwrap(after, for: "7")
        let gone = #expect(throws: VaultError.self) { try alone.unwrap(before, for: "7") }
        #expect(gone?.isUnknownMasterKey == true)
    }
}

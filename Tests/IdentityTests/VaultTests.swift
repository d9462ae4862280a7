import Testing

@testable import Vault

@Suite struct VaultTests {
    private func key(_ byte: UInt8) throws -> MasterKey {
        try MasterKey(bytes: [UInt8](repeating: byte, count: 32))
    }

    @Test func `what was sealed opens as what it is, under its key, whole`() throws {
        let key = DataKey()
        let sealed = key.seal(Array("ann@example.org".utf8), as: "contact")
        #expect(try key.open(sealed, as: "contact") == Array("ann@example.org".utf8))
        #expect(throws: VaultError.self) { try key.open(sealed, as: "profile") }
        #expect(throws: VaultError.self) { try DataKey().open(sealed, as: "contact") }
        for place in sealed.indices {
            var damaged = sealed
            damaged[place] ^= 1
            #expect(throws: VaultError.self) { try key.open(damaged, as: "contact") }
        }
        for count in 0..<sealed.count {
            #expect(throws: VaultError.self) {
                try key.open(Array(sealed.prefix(count)), as: "contact")
            }
        }
        #expect(key.seal([], as: "x") != key.seal([], as: "x"))
    }

    @Test func `a wrapped key unwraps for its owner, by old master keys as well`() throws {
        let key = DataKey()
        let old = Keyring(current: try self.key(1))
        let wrapped = try old.wrap(key, for: "ann")
        let new = Keyring(current: try self.key(2), older: [try self.key(1)])
        #expect(new.currentID != old.currentID && wrapped.masterKey == old.currentID)
        #expect(try new.unwrap(wrapped, for: "ann").bytes == key.bytes)
        #expect(throws: VaultError.self) { try new.unwrap(wrapped, for: "bob") }
        let rewrapped = try new.wrap(key, for: "ann")
        #expect(throws: VaultError.self) { try old.unwrap(rewrapped, for: "ann") }
        do throws(VaultError) {
            _ = try old.unwrap(rewrapped, for: "ann")
        } catch { #expect(error.isUnknownMasterKey) }
        #expect(throws: VaultError.self) { try MasterKey(bytes: [1, 2, 3]) }
    }

    @Test func `an index tells equal texts of a kind, and nothing else`() throws {
        let key = try LookupKey(bytes: [UInt8](repeating: 3, count: 32))
        let other = try LookupKey(bytes: [UInt8](repeating: 4, count: 32))
        let index = key.index(of: "ann", kind: "handle")
        #expect(index.count == 32 && index == key.index(of: "ann", kind: "handle"))
        #expect(index != key.index(of: "bob", kind: "handle"))
        #expect(index != key.index(of: "ann", kind: "email"))
        #expect(key.index(of: "b", kind: "a") != key.index(of: "", kind: "ab"))
        #expect(index != other.index(of: "ann", kind: "handle"))
    }
}

internal import Cryptography
internal import Foundation
internal import Vault

/// The keys that a home's personal data hangs on. Whoever loses the master key loses all that is personal; whoever has it
/// and the database can read it.
struct MasterKeys {
    /// Name of the variable that gives the master key to a process that shall not find it in a file: 64 hexadecimal
    /// digits.
    static let variable = "HOLDFAST_MASTER_KEY"

    private let home: Home

    init(_ home: Home) { self.home = home }

    /// The master key of the environment, or else that of the home's file, made at first use.
    func keyring() throws(OperationError) -> Keyring {
        let bytes: [UInt8]
        if let text = ProcessInfo.processInfo.environment[Self.variable] {
            guard let given = Hexadecimal.decode(text), given.count == 32 else {
                throw OperationError("\(Self.variable) does not hold 64 hexadecimal digits")
            }
            bytes = given
        } else {
            bytes = try home.secret(at: home.masterKeyPath, bytes: 32)
        }
        do throws(VaultError) { return Keyring(current: try MasterKey(bytes: bytes)) } catch {
            throw OperationError("\(error)")
        }
    }

    /// What people are found by.
    func lookupKey() throws(OperationError) -> LookupKey {
        let bytes = try home.secret(at: home.lookupKeyPath, bytes: 32)
        do throws(VaultError) { return try LookupKey(bytes: bytes) } catch {
            throw OperationError("\(error)")
        }
    }
}

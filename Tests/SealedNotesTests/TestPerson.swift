import Cryptography
import Foundation
import SealedNotes

/// A person with devices.
struct TestPerson {
    let party: Party
    var devices: [NoteSealing]
    var list: KeyList

    /// A person; of each device the suites of its keys.
    init(_ name: String, _ devices: [[SealingSuite]]) throws {
        party = Party(name)!
        list = KeyList(party: party)
        self.devices = []
        for suites in devices { try add(suites) }
    }

    mutating func add(_ suites: [SealingSuite]) throws {
        let keys = try suites.map { suite throws(SealedNoteError) in
            try DevicePrivateKey(suite: suite)
        }
        let device = try NoteSealing(party: party, device: DeviceID(), keys: keys)
        devices.append(device)
        for key in device.publicKeys { list = try list.adding(key) }
    }

    static let everyDevice: [[SealingSuite]] = [
        [.x25519AES256GCM, .p256AES256GCM], [.p256ChaCha20Poly1305],
        [.x25519ChaCha20Poly1305],
    ]
    static let payment = NoteSubject(.transfer, id: Array("transfer 00000042".utf8))!
    static let otherPayment = NoteSubject(.transfer, id: Array("transfer 00000043".utf8))!
    static let request = NoteSubject(.request, id: Array("transfer 00000042".utf8))!
}

/// Whether it throws a ``SealedNoteError`` with `text` in what it says.
func refuses(_ text: String = "", _ body: () throws -> Void) -> Bool {
    do {
        try body()
        return false
    } catch let error as SealedNoteError {
        return text.isEmpty || error.description.contains(text)
    } catch { return false }
}

/// One device that a note is sealed for.
public struct NoteRecipient: Sendable, Equatable {
    /// Whose device it is.
    public let party: Party
    /// The device.
    public let device: DeviceID
    /// How its key is used.
    public let suite: SealingSuite
    /// Its key.
    public let key: DeviceKeyID
    /// The sending device's key of the same curve.
    public let senderKey: DeviceKeyID
    /// HPKE's encapsulated key, `enc`.
    var encapsulated: [UInt8] = []
    /// The content's key, sealed: 32 bytes and a tag of 16.
    var sealedKey: [UInt8] = []

    static let sealedKeyBytes = 32 + 16

    /// All but what is secret: what the note says about the recipient.
    func write(to writer: inout ByteWriter) {
        writer.add(short: party.bytes)
        writer.add(device.bytes)
        writer.add(byte: suite.rawValue)
        writer.add(key.bytes)
        writer.add(senderKey.bytes)
    }

    func precedes(_ other: NoteRecipient) -> Bool {
        party == other.party ? device < other.device : party < other.party
    }
}

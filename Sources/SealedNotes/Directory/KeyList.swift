public import Cryptography

/// The keys of all of a person's devices at a moment. Each change makes a list of the next version.
public struct KeyList: Sendable, Equatable {
    /// Devices that a person can have.
    public static let maximumDevices = 16

    /// Whose devices they are.
    public let party: Party
    /// 0 is the empty list that everybody begins with; each change adds 1.
    public let version: UInt32
    /// By device, then by curve.
    public let keys: [DeviceKey]

    /// The list of a person without devices.
    public init(party: Party) {
        self.party = party
        version = 0
        keys = []
    }

    /// A list as it was kept or received, its keys in any order.
    ///
    /// - Throws: ``SealedNoteError`` for too many devices, for two keys of one curve of one device, and for one key
    ///   twice.
    public init(party: Party, version: UInt32, keys: [DeviceKey]) throws(SealedNoteError) {
        let sorted = keys.sorted { $0.precedes($1) }
        guard Set(keys.map(\.device)).count <= Self.maximumDevices else {
            throw .list("there are more than \(Self.maximumDevices) devices")
        }
        guard zip(sorted, sorted.dropFirst()).allSatisfy({ !$0.hasPlace(of: $1) }) else {
            throw .list("a device has two keys of one curve")
        }
        guard Set(keys.map(\.key.raw)).count == keys.count else {
            throw .list("two devices have the same key")
        }
        guard version > 0 || keys.isEmpty else { throw .list("version 0 has no keys") }
        self.party = party
        self.version = version
        self.keys = sorted
    }

    /// The list with a key more, or with another key in the place of the device's former one of that curve. The same
    /// list if it has the key already.
    public func adding(_ key: DeviceKey) throws(SealedNoteError) -> KeyList {
        if keys.contains(key) { return self }
        return try next(keys.filter { !$0.hasPlace(of: key) } + [key])
    }

    /// The list without a device. The same list if it has none such.
    public func removing(_ device: DeviceID) throws(SealedNoteError) -> KeyList {
        let remaining = keys.filter { $0.device != device }
        return remaining.count == keys.count ? self : try next(remaining)
    }

    private func next(_ keys: [DeviceKey]) throws(SealedNoteError) -> KeyList {
        let (version, overflow) = version.addingReportingOverflow(1)
        guard !overflow else { throw .list("there are no more versions") }
        return try KeyList(party: party, version: version, keys: keys)
    }

    /// SHA-256 of the label `holdfast.key-list.v1`, the person (a byte of length and the identifier), the number of
    /// keys (two bytes), and each key: device (16 bytes), suite (1 byte), key. The version has no part in it.
    public var digest: SHA256Digest {
        var writer = ByteWriter()
        writer.add("holdfast.key-list.v1".utf8)
        writer.add(short: party.bytes)
        writer.add(UInt16(keys.count))
        for key in keys {
            writer.add(key.device.bytes)
            writer.add(key.key.bytes)
        }
        return SHA256.hash(writer.bytes)
    }

    /// The devices, each once.
    var devices: [DeviceID] {
        var devices: [DeviceID] = []
        for key in keys where devices.last != key.device { devices.append(key.device) }
        return devices
    }

    /// A device's key of an identifier.
    func key(_ id: DeviceKeyID, of device: DeviceID) -> DevicePublicKey? {
        keys.first { $0.device == device && $0.key.id == id }?.key
    }
}

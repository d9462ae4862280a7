/// A key of one of a person's devices.
public struct DeviceKey: Sendable, Hashable {
    /// The device.
    public let device: DeviceID
    /// Its key.
    public let key: DevicePublicKey

    /// A device's key.
    public init(device: DeviceID, key: DevicePublicKey) {
        self.device = device
        self.key = key
    }

    /// A device has at most one key of each curve: a second takes the first's place.
    func hasPlace(of other: DeviceKey) -> Bool {
        device == other.device && key.suite.curve == other.key.suite.curve
    }

    /// Order in lists: by device, then by curve.
    func precedes(_ other: DeviceKey) -> Bool {
        device == other.device
            ? key.suite.curve.rawValue < other.key.suite.curve.rawValue : device < other.device
    }
}

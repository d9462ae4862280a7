/// What the other side is shown when a person's keys change: each may be a new telephone, or somebody in between.
public enum KeyChange: Sendable, Hashable {
    /// A device has a key where it had none.
    case added(DeviceKey)
    /// A device has a key no more.
    case removed(DeviceKey)
    /// A device has another key in the place of one.
    case replaced(DeviceKey, with: DeviceKey)
}

extension KeyList {
    /// What changed since an earlier list of the same person, by device and curve.
    ///
    /// - Throws: ``SealedNoteError`` if it is not a later list: another person's, of an earlier version, or other keys
    ///   under the same version. Then the directory lies, and neither list is to be trusted before people have
    ///   compared their ``SafetyNumber``.
    public func changes(since earlier: KeyList) throws(SealedNoteError) -> [KeyChange] {
        guard party == earlier.party else { throw .list("the lists are of two people") }
        guard version >= earlier.version else {
            throw .list("version \(version) came after version \(earlier.version)")
        }
        guard version > earlier.version || keys == earlier.keys else {
            throw .list("version \(version) has two forms")
        }
        var changes: [(DeviceKey, KeyChange)] = []
        for key in keys where !earlier.keys.contains(key) {
            if let old = earlier.keys.first(where: { $0.hasPlace(of: key) }) {
                changes.append((key, .replaced(old, with: key)))
            } else {
                changes.append((key, .added(key)))
            }
        }
        for key in earlier.keys where !keys.contains(where: { $0.hasPlace(of: key) }) {
            changes.append((key, .removed(key)))
        }
        return changes.sorted { $0.0.precedes($1.0) }.map(\.1)
    }
}

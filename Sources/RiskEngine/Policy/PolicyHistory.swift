internal import EventLog
internal import Features

/// Which policy was in force when: a pure function of the events so far. A reserve is decided with the latest policy
/// before it, however much later that is done.
struct PolicyHistory {
    private(set) var versions: [(sequence: Sequence, policy: PolicyDetail)] = []

    mutating func apply(_ policy: PolicyDetail, at sequence: Sequence) {
        versions.append((sequence, policy))
    }

    /// The policy for a reserve; nil before the first: then an engine decides with the model that it was started with.
    func policy(for reserve: Sequence) -> PolicyDetail? {
        versions.last { $0.sequence < reserve }?.policy
    }

    /// Forgets what no reserve from `sequence` on is decided with.
    mutating func forget(before sequence: Sequence) {
        while versions.count > 1, versions[1].sequence < sequence { versions.removeFirst() }
    }
}

// MARK: - Snapshots

extension PolicyHistory {
    var words: [UInt64] {
        var words = [UInt64(versions.count)]
        for version in versions {
            words.append(UInt64(bitPattern: version.sequence.rawValue))
            for bytes in [
                version.policy.modelHash, version.policy.challengerHash,
                Array(version.policy.rules.utf8),
            ] {
                words.append(UInt64(bytes.count))
                words += Self.packed(bytes)
            }
        }
        return words
    }

    mutating func restore(_ words: inout WordReader) -> Bool {
        versions = []
        guard let count = words.next() else { return false }
        for _ in 0..<count {
            guard let sequence = words.next(), let model = Self.bytes(&words),
                let challenger = Self.bytes(&words), let rules = Self.bytes(&words)
            else { return false }
            versions.append(
                (
                    Sequence(Int64(bitPattern: sequence)),
                    PolicyDetail(
                        modelHash: model, challengerHash: challenger,
                        rules: String(decoding: rules, as: UTF8.self))
                ))
        }
        return true
    }

    private static func packed(_ bytes: [UInt8]) -> [UInt64] {
        stride(from: 0, to: bytes.count, by: 8).map { start in
            bytes[start..<min(start + 8, bytes.count)].reversed().reduce(0) {
                $0 << 8 | UInt64($1)
            }
        }
    }

    private static func bytes(_ words: inout WordReader) -> [UInt8]? {
        guard let count = words.next(), count <= 1 << 24 else { return nil }
        var bytes: [UInt8] = []
        bytes.reserveCapacity(Int(count))
        while bytes.count < Int(count) {
            guard var word = words.next() else { return nil }
            for _ in 0..<min(8, Int(count) - bytes.count) {
                bytes.append(UInt8(truncatingIfNeeded: word))
                word >>= 8
            }
        }
        return bytes
    }
}

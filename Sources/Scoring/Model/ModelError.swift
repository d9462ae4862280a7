/// Why a model cannot be used, and which file it was to come from.
public struct ModelError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong.
    public enum Reason: Sendable, Equatable {
        /// The operating system's word on why the file cannot be read.
        case unreadable(String)
        /// The bytes do not begin as a model file does.
        case notAModel
        /// Written in a version of the format that this build does not read.
        case unknownVersion(UInt32)
        /// The file says that it has another length.
        case wrongLength(expected: Int, found: Int)
        /// Some byte is not what was written.
        case wrongChecksum
        /// The checksum holds but the content contradicts itself.
        case malformed(String)
    }

    /// The file's path; nil for bytes in memory.
    public let path: String?
    /// What is wrong with it.
    public let reason: Reason

    init(path: String? = nil, _ reason: Reason) {
        self.path = path
        self.reason = reason
    }

    func at(_ path: String) -> ModelError { ModelError(path: path, reason) }

    /// What is wrong, with the file's path if there is one.
    public var description: String {
        let what =
            switch reason {
            case .unreadable(let text): "cannot be read: \(text)"
            case .notAModel: "is not a Holdfast model"
            case .unknownVersion(let version):
                "has format version \(version); this build reads \(RiskModel.formatVersions.lowerBound) "
                    + "to \(RiskModel.formatVersions.upperBound)"
            case .wrongLength(let expected, let found):
                "should have \(expected) bytes, not \(found): truncated or appended to"
            case .wrongChecksum: "fails its checksum: altered since it was written"
            case .malformed(let text): "is malformed: \(text)"
            }
        return "model \(path ?? "in memory") \(what)"
    }
}

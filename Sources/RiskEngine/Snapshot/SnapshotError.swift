/// Why a snapshot could not be written, or cannot be used; the caller then replays the log instead.
public struct SnapshotError: Error, Sendable, Equatable, CustomStringConvertible {
    /// What is wrong with a snapshot.
    public enum Reason: Sendable, Equatable {
        /// There is none.
        case missing
        /// The operating system refused, in its words.
        case system(String)
        /// Not a snapshot, or one that was cut short.
        case truncated
        /// The checksum or the contents are not what was written.
        case corrupt(String)
        /// Another version of the format.
        case foreignVersion(UInt32)
        /// Made by a build with other features.
        case foreignCatalogue
        /// Made by another build, whose records may lie differently in memory.
        case foreignBuild(String)
        /// Made from another event log.
        case foreignLog(String)
        /// Made with other bounds than this engine's.
        case foreignCapacity
        /// The model cannot be used with this build.
        case unusableModel(String)
        /// Another snapshot is still being taken.
        case inProgress
    }

    /// The snapshot's file.
    public let path: String
    /// What is wrong with it.
    public let reason: Reason

    init(_ path: String, _ reason: Reason) {
        self.path = path
        self.reason = reason
    }

    /// What is wrong, with the file's path.
    public var description: String {
        let text =
            switch reason {
            case .missing: "there is none"
            case .system(let text): text
            case .truncated: "it is cut short, or no snapshot at all"
            case .corrupt(let text): "it is corrupt: \(text)"
            case .foreignVersion(let version): "its format \(version) is not known"
            case .foreignCatalogue: "it was made with another catalogue of features"
            case .foreignBuild(let build): "it was made by build \(build)"
            case .foreignLog(let log): "it was made from the event log \(log)"
            case .foreignCapacity: "it was made with other bounds on memory"
            case .unusableModel(let text): text
            case .inProgress: "another one is being taken"
            }
        return "snapshot \(path): \(text)"
    }
}

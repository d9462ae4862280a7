internal import Foundation

/// Whether any process of a server works in a data folder, as far as it can be seen.
///
/// All of a server's processes have the data folder as their working folder, and run as the folder's owner: the
/// server refuses to start otherwise.
enum DataFolderUse: Equatable {
    /// Confirmed: no process works there.
    case free
    /// This one does.
    case used(by: Int32)
    /// Where this one works cannot be seen, and it may be there.
    case hidden(Int32)

    /// Looks at all processes; `processes` is where the system shows them.
    init(of folder: String, processes: String = "/proc") {
        let path = URL(fileURLWithPath: folder).resolvingSymlinksInPath().path
        var status = stat()
        guard stat(path, &status) == 0,
            let names = try? FileManager.default.contentsOfDirectory(atPath: processes)
        else {
            self = .hidden(0)
            return
        }
        var hidden: Int32?
        for pid in names.compactMap({ Int32($0) }) {
            switch Self.workingFolder(processes + "/\(pid)") {
            case .known(let found):
                if found == path {
                    self = .used(by: pid)
                    return
                }
            case .ended: continue
            case .unreadable:
                if Self.mayRun(as: status.st_uid, processes + "/\(pid)") { hidden = pid }
            }
        }
        self = hidden.map { .hidden($0) } ?? .free
    }

    private enum WorkingFolder {
        case known(String)
        /// The process is gone, or a zombie: it has none any more.
        case ended
        case unreadable
    }

    private static func workingFolder(_ process: String) -> WorkingFolder {
        var target = [CChar](repeating: 0, count: Int(PATH_MAX))
        let length = readlink(process + "/cwd", &target, target.count)
        if length >= 0 {
            let bytes = target[..<length].map { UInt8(bitPattern: $0) }
            return .known(String(decoding: bytes, as: UTF8.self))
        }
        return errno == ENOENT || errno == ESRCH ? .ended : .unreadable
    }

    /// Whether any of a process's user ids is `owner`; a process whose users cannot be seen may be anybody's.
    private static func mayRun(as owner: uid_t, _ process: String) -> Bool {
        guard let text = try? String(contentsOfFile: process + "/status", encoding: .utf8),
            let line = text.split(separator: "\n").first(where: { $0.hasPrefix("Uid:") })
        else { return true }
        let users = line.split(whereSeparator: \.isWhitespace).dropFirst().map { uid_t($0) }
        return users.isEmpty || users.contains(nil) || users.contains(owner)
    }
}

internal import CProcess
internal import Glibc

/// Why a program cannot be started.
public struct SpawnError: Error, Sendable, CustomStringConvertible {
    /// Which program could not be started, and why.
    public var description: String
}

/// A program that this process started. It inherits nothing but what is given here.
public struct ChildProcess: Sendable {
    /// Process identifier.
    public let identifier: Int32
    /// Write end of the child's standard input: it reads an end of file when this process ends, however it ends.
    public let standardInput: Int32
    /// Read end of the child's standard output and error; -1 unless asked for.
    public let output: Int32

    /// Where a child's standard output and error go.
    public enum Output: Sendable {
        case inherit
        case discard
        /// A pipe, see ``ChildProcess/output``.
        case pipe
        /// Appended to a file.
        case file(String)
    }

    /// Starts a program. `environment` is the child's whole environment.
    public static func start(
        _ path: String, _ arguments: [String], environment: [String: String],
        output: Output = .inherit,
        ownGroup: Bool = false
    ) throws(SpawnError) -> ChildProcess {
        var input: [Int32] = [-1, -1]
        var results: [Int32] = [-1, -1]
        guard pipe2(&input, O_CLOEXEC) == 0, pipe2(&results, O_CLOEXEC) == 0 else {
            throw SpawnError(
                description: "no pipe for \(path): \(String(cString: strerror(errno)))")
        }
        defer {
            close(input[0])
            close(results[1])
        }
        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input[0], 0)
        switch output {
        case .inherit: break
        case .discard:
            posix_spawn_file_actions_addopen(&actions, 1, "/dev/null", O_WRONLY, 0)
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        case .pipe:
            posix_spawn_file_actions_adddup2(&actions, results[1], 1)
            posix_spawn_file_actions_adddup2(&actions, results[1], 2)
        case .file(let path):
            posix_spawn_file_actions_addopen(
                &actions, 1, path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
            posix_spawn_file_actions_adddup2(&actions, 1, 2)
        }
        posix_spawn_file_actions_addclosefrom_np(&actions, 3)
        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        prepare(&attributes, ownGroup: ownGroup)

        var identifier: pid_t = 0
        let status = withStrings([path] + arguments) { arguments in
            withStrings(environment.sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }) {
                posix_spawn(&identifier, path, &actions, &attributes, arguments, $0)
            }
        }
        guard status == 0 else {
            close(input[1])
            close(results[0])
            throw SpawnError(
                description: "\(path) cannot be started: \(String(cString: strerror(status)))")
        }
        if case .pipe = output {
            return ChildProcess(identifier: identifier, standardInput: input[1], output: results[0])
        }
        close(results[0])
        return ChildProcess(identifier: identifier, standardInput: input[1], output: -1)
    }

    /// Default handling of all signals, none blocked.
    private static func prepare(_ attributes: inout posix_spawnattr_t, ownGroup: Bool) {
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        var flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF)
        if ownGroup {
            flags |= Int32(POSIX_SPAWN_SETPGROUP)
            posix_spawnattr_setpgroup(&attributes, 0)
        }
        posix_spawnattr_setflags(&attributes, Int16(flags))
    }

    /// How a process ended.
    public enum Ending: Sendable, Equatable, CustomStringConvertible {
        case exited(Int32)
        case killed(signal: Int32)

        /// Whether the process ended by itself with status 0.
        public var isSuccess: Bool { self == .exited(0) }
        /// As a sentence about the process goes on: what it ended with.
        public var description: String {
            switch self {
            case .exited(let status): "ended with status \(status)"
            case .killed(let signal): "was killed by signal \(signal)"
            }
        }
    }

    /// Waits until the child has ended.
    public func wait() -> Ending {
        var status: Int32 = 0
        while waitpid(identifier, &status, 0) < 0, errno == EINTR {}
        return Self.ending(status)
    }

    /// How the child ended; nil if it still runs. To be asked no more once it has ended.
    public func poll() -> Ending? {
        var status: Int32 = 0
        return waitpid(identifier, &status, WNOHANG) == identifier ? Self.ending(status) : nil
    }

    private static func ending(_ status: Int32) -> Ending {
        status & 0x7f == 0 ? .exited((status >> 8) & 0xff) : .killed(signal: status & 0x7f)
    }

    /// Sends a signal.
    public func send(signal: Int32) { kill(identifier, signal) }

    /// All that the child still prints, until it closes its output.
    public func readOutput() -> [UInt8] {
        guard output >= 0 else { return [] }
        var bytes: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = read(output, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { return bytes }
            bytes.append(contentsOf: chunk[..<count])
        }
    }

    /// Closes this side's ends of the pipes.
    public func closePipes() {
        close(standardInput)
        if output >= 0 { close(output) }
    }

    private static func withStrings<Result>(
        _ strings: [String], _ body: (UnsafePointer<UnsafeMutablePointer<CChar>?>) -> Result
    ) -> Result {
        var pointers: [UnsafeMutablePointer<CChar>?] = strings.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return pointers.withUnsafeMutableBufferPointer { buffer in
            withUnsafePointer(to: buffer) { _ in
                // The array is not empty: it ends with a null pointer.
                body(UnsafePointer(buffer.baseAddress.unsafelyUnwrapped))
            }
        }
    }
}

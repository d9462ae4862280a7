import Foundation
import ProcessControl
import Synchronization

/// A script of `Tests/Peers` that serves while a test runs, and prints a line for each thing that it is asked. It ends
/// with the test's process, or when it is stopped.
public final class RunningPeer: Sendable {
    private struct State: ~Copyable {
        var lines: [String] = []
        var hasEnded = false
        var waiters: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }
    private let process: ChildProcess
    private let state = Mutex(State())

    /// Starts a script; the folder's interpreter and packages are those of ``PythonPeer``.
    public init(_ name: String, _ arguments: [String]) throws {
        let python = try PythonPeer.interpreter()
        process = try ChildProcess.start(
            python, [PythonPeer(name).path] + arguments,
            environment: ProcessInfo.processInfo.environment, output: .pipe)
        Thread.detachNewThread { [self] in read() }
    }

    /// Lines that it printed, from one on; waits until there are at least so many behind that one.
    public func lines(from first: Int, count: Int) async throws -> [String] {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.lines.count >= first + count || state.hasEnded { return true }
                state.waiters.append((first + count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
        let lines = state.withLock { $0.lines }
        guard lines.count >= first + count else {
            throw PythonPeer.Failure(
                description: "it ended early: \(lines.joined(separator: "\n"))")
        }
        return Array(lines[first...])
    }

    /// How many lines there are by now.
    public var count: Int { state.withLock { $0.lines.count } }

    /// Ends it.
    public func stop() {
        process.send(signal: SIGKILL)
        _ = process.wait()
    }

    private func read() {
        var rest: [UInt8] = []
        var chunk = [UInt8](repeating: 0, count: 65_536)
        while true {
            let count = Foundation.read(process.output, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            if count <= 0 { break }
            rest += chunk[..<count]
            while let end = rest.firstIndex(of: UInt8(ascii: "\n")) {
                add(String(decoding: rest[..<end], as: UTF8.self))
                rest.removeSubrange(...end)
            }
        }
        process.closePipes()
        add(nil)
    }

    private func add(_ line: String?) {
        let told = state.withLock { state in
            if let line { state.lines.append(line) } else { state.hasEnded = true }
            let (count, hasEnded) = (state.lines.count, state.hasEnded)
            let told = state.waiters.filter { hasEnded || $0.count <= count }
            state.waiters.removeAll { hasEnded || $0.count <= count }
            return told.map(\.continuation)
        }
        for continuation in told { continuation.resume() }
    }
}

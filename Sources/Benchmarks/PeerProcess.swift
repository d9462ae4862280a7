internal import Foundation
internal import ProcessControl

/// Another library in a process of its own, asked for one thing at a time: while it works, this
/// process waits, and the other way round.
struct PeerProcess: ~Copyable {
    private let process: ChildProcess
    private var pending: [UInt8] = []

    /// Starts a Python script of `Tests/Peers`, single-threaded, with nothing else in its
    /// environment.
    init(python: String, script: String) throws(BenchmarkError) {
        let single = ["OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS"]
        var environment = Dictionary(uniqueKeysWithValues: single.map { ($0, "1") })
        environment["PATH"] = ProcessInfo.processInfo.environment["PATH"]
        do {
            process = try ChildProcess.start(
                python, [script], environment: environment, output: .pipe)
        } catch { throw BenchmarkError(error.description) }
    }

    deinit {
        // It ends when its input does.
        process.closePipes()
        _ = process.wait()
    }

    /// One request and its answer. Throws what the peer says is wrong.
    mutating func ask(_ verb: String, _ arguments: [String: Any] = [:]) throws(BenchmarkError)
        -> [String: Any]
    {
        var request = arguments
        request["verb"] = verb
        guard var line = try? JSONSerialization.data(withJSONObject: request) else {
            throw BenchmarkError("the request \(verb) cannot be written")
        }
        line.append(UInt8(ascii: "\n"))
        try send(Array(line))
        let bytes = try readLine(answering: verb)
        guard
            let answer = try? JSONSerialization.jsonObject(with: Data(bytes)) as? [String: Any]
        else {
            throw BenchmarkError("the peer answered \(String(decoding: bytes, as: UTF8.self))")
        }
        if let error = answer["error"] { throw BenchmarkError("the peer, on \(verb): \(error)") }
        return answer
    }

    /// The number that an answer has under `key`.
    mutating func number(
        _ key: String, of verb: String, _ arguments: [String: Any] = [:]
    ) throws(BenchmarkError) -> Double {
        guard let number = try ask(verb, arguments)[key] as? NSNumber else {
            throw BenchmarkError("the peer's answer to \(verb) has no \(key)")
        }
        return number.doubleValue
    }

    private func send(_ bytes: [UInt8]) throws(BenchmarkError) {
        var sent = 0
        while sent < bytes.count {
            let count = bytes.withUnsafeBytes {
                write(process.standardInput, $0.baseAddress?.advanced(by: sent), $0.count - sent)
            }
            if count < 0, errno == EINTR { continue }
            guard count > 0 else { throw BenchmarkError("the peer has ended") }
            sent += count
        }
    }

    private mutating func readLine(answering verb: String) throws(BenchmarkError) -> [UInt8] {
        var chunk = [UInt8](repeating: 0, count: 4_096)
        while true {
            if let end = pending.firstIndex(of: UInt8(ascii: "\n")) {
                let line = Array(pending[..<end])
                pending.removeSubrange(...end)
                return line
            }
            let count = read(process.output, &chunk, chunk.count)
            if count < 0, errno == EINTR { continue }
            guard count > 0 else {
                let said = String(decoding: pending, as: UTF8.self)
                throw BenchmarkError("the peer ended on \(verb) and said: \(said)")
            }
            pending.append(contentsOf: chunk[..<count])
        }
    }
}

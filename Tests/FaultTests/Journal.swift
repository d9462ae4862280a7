import Foundation
import Testing

/// What a careful client writes down: each request before it is sent and each answer once it is here, forced to disk
/// before anything follows from it. What is checked in the end is what the file says.
final class Journal: @unchecked Sendable {
    struct Request: Sendable, Equatable {
        var key: String
        var path: String
        var body: String
    }
    struct Answer: Sendable, Equatable {
        var key: String
        var status: Int
        var id: String
        var state: String
    }

    private let lock = NSLock()
    private let path: String
    private let file: Int32

    init(_ path: String) throws {
        self.path = path
        file = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        try #require(file >= 0, "\(path) cannot be opened")
    }

    deinit { close(file) }

    func note(_ request: Request) {
        append("request \(request.key) \(request.path) \(request.body)\n")
    }

    func note(_ answer: Answer) {
        append("answer \(answer.key) \(answer.status) \(answer.id) \(answer.state)\n")
    }

    /// Returns once the line is on the disk.
    private func append(_ line: String) {
        let bytes = Array(line.utf8)
        let isWritten = lock.withLock { write(file, bytes, bytes.count) == bytes.count }
        if !isWritten || fsync(file) != 0 { Issue.record("the journal cannot be written") }
    }

    /// The requests in the order in which they were made, and the answers by key, from the disk.
    func read() throws -> (requests: [Request], answers: [String: Answer]) {
        var requests: [Request] = []
        var answers: [String: Answer] = [:]
        let text = try String(contentsOfFile: path, encoding: .utf8)
        for line in text.split(separator: "\n") {
            let words = line.split(
                separator: " ", maxSplits: line.hasPrefix("request") ? 3 : 4,
                omittingEmptySubsequences: false
            ).map(String.init)
            if words.count == 4, words[0] == "request" {
                requests.append(Request(key: words[1], path: words[2], body: words[3]))
            } else if words.count == 5, words[0] == "answer", let status = Int(words[2]) {
                try #require(answers[words[1]] == nil, "two answers to \(words[1])")
                answers[words[1]] = Answer(
                    key: words[1], status: status, id: words[3], state: words[4])
            } else {
                Issue.record("the journal has a line that nobody wrote: \(line)")
            }
        }
        return (requests, answers)
    }
}

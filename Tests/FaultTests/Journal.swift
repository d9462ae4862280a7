import Foundation

/// What a careful client writes down: each request before it is sent and each answer once it is here, forced to disk.
final class Journal: @unchecked Sendable {
    struct Request: Sendable {
        var key: String
        var path: String
        var body: String
    }
    struct Answer: Sendable {
        var key: String
        var status: Int
        var id: String
        var state: String
    }

    private let lock = NSLock()
    private let file: Int32
    private(set) var requests: [Request] = []
    private(set) var answers: [String: Answer] = [:]

    init(_ path: String) {
        file = open(path, O_WRONLY | O_CREAT | O_APPEND, 0o600)
    }

    deinit { close(file) }

    func note(_ request: Request) {
        lock.withLock {
            requests.append(request)
            write("request \(request.key) \(request.path) \(request.body)\n")
        }
    }

    func note(_ answer: Answer) {
        lock.withLock {
            answers[answer.key] = answer
            write("answer \(answer.key) \(answer.status) \(answer.id) \(answer.state)\n")
        }
    }

    private func write(_ line: String) {
        let bytes = Array(line.utf8)
        _ = Glibc.write(file, bytes, bytes.count)
        fdatasync(file)
    }
}

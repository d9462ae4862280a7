import Foundation
public import ProcessControl

/// The executable that was built with the tests, and the models that go with it.
public enum BuiltExecutable {
    /// Its file; the bare name if none is found beside the tests.
    public static let path: String = {
        let own = (try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let bundle = CommandLine.arguments.first { $0.contains(".xctest") } ?? own ?? ""
        for path in [bundle, own ?? ""] {
            var folder = URL(fileURLWithPath: path).deletingLastPathComponent()
            for _ in 0..<4 {
                let candidate = folder.appendingPathComponent("holdfast").path
                if FileManager.default.isExecutableFile(atPath: candidate) { return candidate }
                folder.deleteLastPathComponent()
            }
        }
        return "holdfast"
    }()

    /// Folder of the models that come with the project.
    public static let models = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()
        .appendingPathComponent("Models").path

    /// File of the model that decides unless another is named.
    public static let model = models + "/default/model.hfm"

    /// Runs a command to its end, on a thread of its own: on those that all tests share it would stop every other test
    /// that waits. Returns its status and what it printed.
    public static func run(
        _ arguments: [String]
    ) async throws(SpawnError) -> (ending: ChildProcess.Ending, text: String) {
        try await run(path, arguments)
    }

    /// The same of another executable.
    static func run(
        _ path: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws(SpawnError) -> (ending: ChildProcess.Ending, text: String) {
        let process = try ChildProcess.start(
            path, arguments,
            environment: ProcessInfo.processInfo.environment.merging(environment) { $1 },
            output: .pipe)
        return await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                let text = String(decoding: process.readOutput(), as: UTF8.self)
                let ending = process.wait()
                process.closePipes()
                continuation.resume(returning: (ending, text))
            }
        }
    }
}

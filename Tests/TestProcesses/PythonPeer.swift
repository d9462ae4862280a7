import Foundation

/// What is compared with in Python: the scripts of `Tests/Peers`, with the packages that `make test` installs under
/// `.build/peers`.
public struct PythonPeer: Sendable {
    /// Why a script gave no answer.
    public struct Failure: Error, CustomStringConvertible {
        /// What it said, or how to get it.
        public let description: String
    }

    private let script: String

    /// The script's file.
    var path: String { script }

    private static let root = URL(fileURLWithPath: #filePath).deletingLastPathComponent()
        .deletingLastPathComponent().deletingLastPathComponent()

    /// A script by its name, such as `onnx_models.py`.
    public init(_ name: String) {
        script = Self.root.appendingPathComponent("Tests/Peers/\(name)").path
    }

    /// Runs it to its end and returns what it printed.
    ///
    /// - Parameter environment: variables beside this process's: what shall not stand in its arguments.
    /// - Throws: ``Failure`` if it fails, or if its packages are missing: a comparison that cannot be made has failed.
    public func run(
        _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> String {
        let python = try Self.interpreter()
        let (ending, text) = try await BuiltExecutable.run(
            python, [script] + arguments, environment: environment)
        guard ending.isSuccess else { throw Failure(description: "\(script) \(ending): \(text)") }
        return text
    }

    /// The interpreter that has the packages.
    static func interpreter() throws(Failure) -> String {
        let python = Self.root.appendingPathComponent(".build/peers/bin/python").path
        guard FileManager.default.isExecutableFile(atPath: python) else {
            throw Failure(
                description: "\(python) is missing: `make test` and `make peers` install it")
        }
        return python
    }
}

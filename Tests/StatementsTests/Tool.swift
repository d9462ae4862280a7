import Foundation

/// A program of the system that reads what was rendered. A comparison that cannot be made has
/// failed: a missing program is an error that tells how to get it.
struct Tool {
    struct Failure: Error, CustomStringConvertible {
        let description: String
    }

    struct Output {
        let bytes: [UInt8]
        let complaints: String
        let isSuccess: Bool
        var text: String { String(decoding: bytes, as: UTF8.self) }
    }

    let name: String
    let package: String

    static let hledger = Tool(name: "hledger", package: "hledger")
    static let ledger = Tool(name: "ledger", package: "ledger")
    static let pdfToText = Tool(name: "pdftotext", package: "poppler-utils")
    static let pdfInfo = Tool(name: "pdfinfo", package: "poppler-utils")
    static let pdfToImage = Tool(name: "pdftoppm", package: "poppler-utils")
    static let python = Tool(name: "python3", package: "python3")

    private func path() throws -> String {
        let directories = (ProcessInfo.processInfo.environment["PATH"] ?? "/usr/bin:/bin")
        for directory in directories.split(separator: ":") {
            let path = "\(directory)/\(name)"
            if FileManager.default.isExecutableFile(atPath: path) { return path }
        }
        throw Failure(
            description: "\(name) is missing: install it with `apt-get install \(package)`")
    }

    /// Runs it to its end with `input` on its standard input.
    func run(_ arguments: [String], input: [UInt8]) throws -> Output {
        let folder = FileManager.default.temporaryDirectory
            .appendingPathComponent("statements-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        func file(_ name: String, _ content: [UInt8] = []) throws -> URL {
            let url = folder.appendingPathComponent(name)
            try Data(content).write(to: url)
            return url
        }
        let (output, complaints) = (try file("output"), try file("complaints"))
        let process = Process()
        process.executableURL = URL(fileURLWithPath: try path())
        process.arguments = arguments
        process.environment = ProcessInfo.processInfo.environment.merging(
            ["LC_ALL": "C.UTF-8"]) { _, new in new }
        process.standardInput = try FileHandle(forReadingFrom: file("input", input))
        process.standardOutput = try FileHandle(forWritingTo: output)
        process.standardError = try FileHandle(forWritingTo: complaints)
        try process.run()
        process.waitUntilExit()
        return Output(
            bytes: Array(try Data(contentsOf: output)),
            complaints: String(decoding: try Data(contentsOf: complaints), as: UTF8.self),
            isSuccess: process.terminationReason == .exit && process.terminationStatus == 0)
    }

    /// Runs it and returns what it printed; throws if it complains.
    func text(_ arguments: [String], input: [UInt8]) throws -> String {
        let output = try run(arguments, input: input)
        guard output.isSuccess else {
            throw Failure(description: "\(name) refuses: \(output.complaints)")
        }
        return output.text
    }
}

import ArgumentParser
import Foundation
import Logging
import Operations

struct KeysCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "keys",
        abstract:
            "List master keys, replace them while the service runs, and check what is sealed.",
        discussion: """
            A source of a master key is file:PATH, env:NAME, or a PKCS #11 URI (RFC 7512) such as \
            pkcs11:token=wallet;object=master?module-path=/usr/lib/softhsm/libsofthsm2.so&pin-source=file:/run/pin.
            """,
        subcommands: [Show.self, Rotate.self, Forget.self, Check.self])

    private static func keys(_ home: HomeOptions) throws -> HomeKeys {
        var logger = Logger(label: "holdfast")
        logger.logLevel = .warning
        return HomeKeys(try home.existing(), logger: logger)
    }

    /// Prints each key, and how much hangs on it.
    private static func list(_ home: HomeOptions) async throws {
        for key in try await keys(home).all() {
            print("\(key.id)  wraps \(key.wraps)  \(key.source ?? "MISSING")")
        }
    }

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print each master key, and how many keys it wraps.")

        @OptionGroup var home: HomeOptions

        func run() async throws {
            try await KeysCommand.list(home)
        }
    }

    struct Rotate: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let another master key wrap all that the present ones do.")

        @OptionGroup var home: HomeOptions
        @Option(help: "Source of the new key; a new file in the home unless given.") var to: String?

        func run() async throws {
            let done = try await KeysCommand.keys(home).rotate(to: to) { done, total in
                FileHandle.standardError.write(Data("\rwrapped anew: \(done) of \(total)".utf8))
            }
            FileHandle.standardError.write(Data("\n".utf8))
            print("\(done.rewrapped) keys wrapped anew, \(done.remaining) left")
            try await KeysCommand.list(home)
            if !done.isComplete { throw ExitCode(1) }
        }
    }

    struct Forget: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take keys that wrap nothing any more from the list.")

        @OptionGroup var home: HomeOptions

        func run() async throws {
            let forgotten = try await KeysCommand.keys(home).forgetUnused()
            for key in forgotten { print("forgotten: \(key.id)  \(key.source ?? "")") }
            if forgotten.isEmpty { print("every key but the first still wraps something") }
        }
    }

    struct Check: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Open all that is sealed; exit status 1 if something cannot be opened.")

        @OptionGroup var home: HomeOptions

        func run() async throws {
            let check = try await KeysCommand.keys(home).check { _, _ in }
            print("\(check.keys) keys and \(check.values) values opened")
            for found in check.unopened { print("not opened: \(found)") }
            if !check.isWhole { throw ExitCode(1) }
        }
    }
}

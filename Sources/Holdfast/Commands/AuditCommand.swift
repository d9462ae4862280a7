import ArgumentParser
import AuditTrail
import Foundation
import Operations

struct AuditCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "audit",
        abstract: "Look into the audit log, verify it, and prove what is in it.",
        discussion: """
            Each entry is chained to the one before it; their Merkle tree (RFC 6962) is signed each minute in which it \
            grew. Whoever keeps signed heads elsewhere finds every later edit, removal and insertion.
            """,
        subcommands: [Show.self, Verify.self, Prove.self, Check.self, Heads.self, Key.self])

    struct Show: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the newest entries, one JSON object a line.")

        @OptionGroup var home: HomeOptions
        @Option(help: "How many, at most 10000.") var limit = 50

        func validate() throws {
            guard (1...10_000).contains(limit) else {
                throw ValidationError("--limit \(limit): from 1 to 10000")
            }
        }

        func run() throws {
            for entry in try HomeAudit(home.existing()).newest(limit) { print(entry.json) }
        }
    }

    struct Verify: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Read the whole log; exit status 1 if anything was edited, removed or put in."
        )

        @OptionGroup var home: HomeOptions
        @Option(
            help: "Public key, in hexadecimal digits, that signed heads before; may be given again."
        )
        var key: [String] = []

        func run() throws {
            let keys = try key.map { try AuditCommand.publicKey($0) }
            var bar = ProgressBar()
            let report = try HomeAudit(home.existing()).verify(further: keys) { done, total in
                bar.show("verifying", total > 0 ? Double(done) / Double(total) : 1)
            }
            bar.finish()
            print(report)
            let ledger = try HomeAudit(home.existing()).ledgerAgreement()
            print("the ledger's log is named \(ledger.references) times")
            for finding in ledger.findings { print(finding) }
            if !report.isWhole || !ledger.findings.isEmpty { throw ExitCode(1) }
        }
    }

    struct Prove: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Print a proof that an entry is in the log, for somebody without the database.")

        @OptionGroup var home: HomeOptions
        @Argument(help: "Index of the entry, from 0.") var index: Int64

        func run() throws { print(try HomeAudit(home.existing()).prove(index).json) }
    }

    struct Check: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract:
                "Check a proof with nothing but a public key; exit status 1 if it does not hold.")

        @Argument(help: "File of the proof; - for standard input.") var proof: String
        @Option(help: "Public key, in hexadecimal digits; see `holdfast audit key`.") var key:
            String

        func run() throws {
            let publicKey = try AuditCommand.publicKey(key)
            let data =
                proof == "-"
                ? FileHandle.standardInput.readDataToEndOfFile()
                : try Data(contentsOf: URL(fileURLWithPath: proof))
            let text = String(decoding: data, as: UTF8.self)
                .trimmingCharacters(in: .whitespacesAndNewlines)
            let verdict = try AuditProof(json: text).verify(with: publicKey)
            print(verdict.rawValue)
            if verdict != .holds { throw ExitCode(1) }
        }
    }

    struct Heads: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print all signed heads, one JSON object a line, to be kept elsewhere.")

        @OptionGroup var home: HomeOptions

        func run() throws { try HomeAudit(home.existing()).signedHeads { print($0.json) } }
    }

    struct Key: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print the public key that signed heads and proofs are checked with.")

        @OptionGroup var home: HomeOptions

        func run() throws { print(try HomeAudit(home.existing()).publicKey()) }
    }

    fileprivate static func publicKey(_ text: String) throws -> AuditPublicKey {
        guard let key = AuditPublicKey(text) else {
            throw ValidationError("--key \(text): a public key has 64 hexadecimal digits")
        }
        return key
    }
}

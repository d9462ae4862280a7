import ArgumentParser
import Foundation
import Operations
import Scoring
import Training

extension PolicyClient.Policy {
    /// Two lines or more.
    fileprivate var text: String {
        var lines = ["event \(sequence): model \(model)"]
        if !recordedAt.isEmpty { lines[0] += ", since \(recordedAt)" }
        if let challenger { lines.append("  challenger \(challenger), in shadow") }
        let rules = rules.split(separator: "\n")
        lines.append(rules.isEmpty ? "  no rules" : "  rules:")
        lines += rules.map { "    \($0)" }
        lines.append("  by \(by)" + (note.isEmpty ? "" : ": \(note)"))
        return lines.joined(separator: "\n")
    }
}

extension ClientOptions {
    /// Runs `body` with a client of the home's wallet.
    fileprivate func withPolicies<Result: Sendable>(
        _ body: (PolicyClient) async throws -> Result
    ) async throws -> Result {
        let home = try home.existing()
        let (http, _) = try client(connections: 1)
        do {
            let result = try await body(PolicyClient(http, home: home))
            await http.close()
            return result
        } catch {
            await http.close()
            throw error
        }
    }
}

struct Promote: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Have the running engine decide with another model, other rules or a challenger.",
        discussion: """
            The change is an event in the log: reserves before it are decided as before, those after it with the new \
            policy, without a restart. A challenger scores every payment in shadow and changes nothing; `holdfast policy` \
            sums up what it says. What is not named stays as it is.
            """)

    @Argument(help: "Model, its folder, or its name under Models/; the present one stays without.")
    var model: String?
    @Option(help: "File with the rules; they take the place of all that there were.")
    var rules: String?
    @Flag(help: "Decide without rules from now on.") var noRules = false
    @Option(help: "Model that scores in shadow.") var challenger: String?
    @Flag(help: "End what the present challenger does.") var noChallenger = false
    @Option(help: "Why; kept beside the log.") var note = ""
    @OptionGroup var client: ClientOptions

    func validate() throws {
        if model == nil, rules == nil, !noRules, challenger == nil, !noChallenger {
            throw ValidationError("name what to promote: a model, --rules or a --challenger")
        }
        if rules != nil, noRules {
            throw ValidationError("--rules and --no-rules exclude each other")
        }
        if challenger != nil, noChallenger {
            throw ValidationError("--challenger and --no-challenger exclude each other")
        }
    }

    func run() async throws {
        var change = PolicyClient.Change()
        change.model = try model.map(Self.load)
        change.challenger = try challenger.map(Self.load)
        change.dropsChallenger = noChallenger
        change.note = note
        if noRules { change.rules = "" }
        if let rules {
            do { change.rules = try String(contentsOfFile: rules, encoding: .utf8) } catch {
                throw OperationError("\(rules) cannot be read: \(error.localizedDescription)")
            }
        }
        let promoted = change
        print(try await client.withPolicies { try await $0.promote(promoted).text })
    }

    /// A path, or a name under Models/.
    private static func load(_ name: String) throws -> RiskModel {
        let isPath = FileManager.default.fileExists(atPath: name)
        return try RiskModel.load(
            path: ModelDirectory.modelPath(of: isPath ? name : "Models/" + name))
    }
}

struct RollBack: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "rollback",
        abstract: "Have the running engine decide with the policy before the present one again.")

    @Option(help: "Why; kept beside the log.") var note = ""
    @OptionGroup var client: ClientOptions

    func run() async throws {
        print(try await client.withPolicies { try await $0.rollBack(note: note).text })
    }
}

struct PolicyCommand: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "policy",
        abstract: "Show with what is decided: model, rules and what the challenger says.")

    @Option(help: "Policies to show, the newest first.") var limit = 5
    @OptionGroup var client: ClientOptions

    func validate() throws {
        guard (1...200).contains(limit) else {
            throw ValidationError("--limit \(limit): it is from 1 to 200")
        }
    }

    func run() async throws {
        let policies = try await client.withPolicies { try await $0.policies(limit: limit) }
        if policies.isEmpty {
            print("no policy was activated yet: the model that the engine was started with decides")
        }
        for policy in policies { print(policy.text) }
        guard let challenger = policies.first?.challenger else { return }
        let summary = ShadowSummary(try client.home.existing(), challenger: challenger)
        print(
            "\nthe challenger saw \(summary.count) payments and agrees on "
                + String(
                    format: "%.2f %%; mean difference of scores %.4f",
                    100 * summary.agreement, summary.meanDifference))
        for (action, others) in summary.actions.sorted(by: { $0.key < $1.key }) {
            for (other, count) in others.sorted(by: { $0.key < $1.key }) {
                print("  \(action) -> \(other): \(count)")
            }
        }
    }
}

struct Lists: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Show and change the lists: allow, deny and watch.",
        discussion: """
            Whom the deny list names is declined; whom the allow list names is approved, whatever the model and the rules \
            say, unless denied; whom the watch list names is told with the decision, which it does not change. Subjects \
            are payer and payee, by account, and device, instrument and address, as payments name them.
            """,
        subcommands: [Show.self, Add.self, Remove.self])

    struct Show: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print a list as JSON lines, those put there last first.")
        @Argument(help: "allow, deny or watch.") var list: String
        @OptionGroup var client: ClientOptions

        func run() async throws {
            for line in try await client.withPolicies({ try await $0.entries(of: list) }) {
                print(line)
            }
        }
    }

    struct Add: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Put somebody or something on a list.")
        @Argument(help: "allow, deny or watch.") var list: String
        @Argument(help: "payer, payee, device, instrument or address.") var subject: String
        @Argument(help: "The account's identifier, or what payments say.") var identifier: String
        @Option(help: "When it ends by itself, RFC 3339.") var until: String?
        @Option(help: "Why; kept beside the log.") var note = ""
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let sequence = try await client.withPolicies {
                try await $0.change(
                    list: list, subject: subject, identifier: identifier, until: until,
                    removes: false, note: note)
            }
            print("event \(sequence): on the \(list) list")
        }
    }

    struct Remove: AsyncParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take somebody or something off a list.")
        @Argument(help: "allow, deny or watch.") var list: String
        @Argument(help: "payer, payee, device, instrument or address.") var subject: String
        @Argument(help: "The account's identifier, or what payments say.") var identifier: String
        @Option(help: "Why; kept beside the log.") var note = ""
        @OptionGroup var client: ClientOptions

        func run() async throws {
            let sequence = try await client.withPolicies {
                try await $0.change(
                    list: list, subject: subject, identifier: identifier, until: nil,
                    removes: true, note: note)
            }
            print("event \(sequence): off the \(list) list")
        }
    }
}

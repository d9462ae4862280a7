import ArgumentParser
import EventLog
import Operations

struct Stream: AsyncParsableCommand {
    static let configuration = CommandConfiguration(
        abstract: "Follow the postings stream; say who may.",
        subcommands: [Tail.self, Keys.self, Allow.self, Deny.self, Trust.self])

    struct Tail: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Print events as JSON lines without disturbing the engine.")

        @OptionGroup var home: HomeOptions
        @OptionGroup var stream: StreamOptions
        @OptionGroup var log: LogOptions
        @Option(help: "First event to print.") var from: Int64 = 1
        @Option(help: "End after so many events.") var limit: Int?

        func validate() throws {
            guard from >= 1 else { throw ValidationError("--from begins at 1, not \(from)") }
            guard limit ?? 1 >= 1 else {
                throw ValidationError("--limit begins at 1, not \(limit ?? 0)")
            }
        }

        func run() throws {
            let stop = StopSignal()
            let tail = try StreamTail(
                home.existing(), stream: stream.stream, from: Sequence(from), limit: limit,
                logger: log.logger("stream"))
            try tail.run(stop)
        }
    }

    struct Keys: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Make the home's keys for tcp://, and show its public keys.",
            discussion: """
                Over tcp:// the stream is encrypted, and both sides prove who they are (CURVE). Where the wallet runs:

                  holdfast stream keys server            prints the server's public key
                  holdfast wallet --stream tcp://*:7400

                Where an engine or a reader runs, with a home of its own:

                  holdfast stream keys client            prints the client's public key
                  holdfast stream trust SERVER-KEY
                  holdfast risk --stream tcp://HOST:7400

                And where the wallet runs, running or not:

                  holdfast stream allow NAME CLIENT-KEY

                Without an argument nothing is made; all public keys of the home are shown. Secret keys stay in the \
                home's folder stream, readable for its owner alone.
                """)

        @OptionGroup var home: HomeOptions
        @Argument(help: "server or client: the side whose keys to make, unless they are there.")
        var side: StreamKeys.Side?

        func run() throws {
            let keys = StreamKeys(try home.open())
            if let side {
                print(try keys.make(side).publicKey)
                return
            }
            for side in StreamKeys.Side.allCases {
                print("\(side) \(try keys.publicKey(side) ?? "none")")
            }
            print("trusts \(try keys.trusted() ?? "none")")
            for client in try keys.allowed() { print("allows \(client.name) \(client.key)") }
        }
    }

    struct Allow: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Let a client connect to this home's wallet over tcp://.",
            discussion: "A running wallet follows within a few seconds.")

        @OptionGroup var home: HomeOptions
        @Argument(help: "A name for the client, one word.") var name: String
        @Argument(help: "Its public key, as `holdfast stream keys client` prints it.")
        var key: String

        func run() throws { try StreamKeys(try home.open()).allow(name: name, key: key) }
    }

    struct Deny: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Take a client off the allow-list again.",
            discussion: """
                A running wallet follows within a few seconds: it ends all connections, and those that are still \
                allowed come back.
                """)

        @OptionGroup var home: HomeOptions
        @Argument(help: "The client's name.") var name: String

        func run() throws { try StreamKeys(try home.open()).deny(name: name) }
    }

    struct Trust: ParsableCommand {
        static let configuration = CommandConfiguration(
            abstract: "Say which server this home's engine and readers connect to over tcp://.")

        @OptionGroup var home: HomeOptions
        @Argument(help: "The server's public key, as `holdfast stream keys server` prints it.")
        var key: String

        func run() throws { try StreamKeys(try home.open()).trust(key) }
    }
}

extension StreamKeys.Side: ExpressibleByArgument {}

import ArgumentParser
import Operations

/// Where the postings stream is.
struct StreamOptions: ParsableArguments {
    @Option(
        help: ArgumentHelp(
            """
            The postings stream's address, ipc://PATH or tcp://HOST:PORT; a socket in the home unless given. tcp:// \
            needs keys, see `holdfast stream keys --help`.
            """, valueName: "address"),
        transform: { try StreamAddress($0) })
    var stream: StreamAddress?
}

import Identity
import TestProcesses
import TestSockets
import Testing

@testable import People
@testable import WalletAPI

/// Independent clients, in Python and in a browser, against the live server.
@Suite(.serialized) struct PeerTests {
    /// The API, listening at a port of this machine, which is its issuer.
    private func serving(_ body: (TestAPI, String) async throws -> Void) async throws {
        let port = try StreamSocket.freePort()
        let issuer = "http://localhost:\(port)"
        try await TestAPI.run(issuer: issuer) { api in
            let (ports, listening) = AsyncStream.makeStream(of: Int.self)
            let server = Task { try await api.api.run(port: port) { listening.yield($0) } }
            for await _ in ports { break }
            try await body(api, issuer)
            server.cancel()
            try await server.value
        }
    }

    @Test func `authlib and pyotp go through all grants and the second factor`() async throws {
        try await serving { api, issuer in
            _ = try await api.register("ann@example.org")
            let text = try await PythonPeer("oauth_client.py").run([
                issuer, TestAPI.key, "ann@example.org", TestAPI.password,
            ])
            #expect(text.split(separator: "\n").count >= 20, "\(text)")
            #expect(text.contains("and ends its session"))
        }
    }

    @Test func `Chromium makes a passkey, signs in with it, and steps up`() async throws {
        try await serving { api, issuer in
            try await api.registerApplication()
            _ = try await api.register("ann@example.org")
            let token = try await api.token("ann@example.org")
            let text = try await PythonPeer("browser_passkeys.py").run([issuer, token])
            #expect(text.split(separator: "\n").count == 10, "\(text)")
        }
    }

    @Test(arguments: ["a person", "the operator"])
    func `Schemathesis finds no answer that the document does not have`(asked: String) async throws
    {
        try await serving { api, issuer in
            try await api.registerApplication()
            _ = try await api.register("ann@example.org")
            let token =
                asked == "a person" ? try await api.token("ann@example.org") : TestAPI.key
            let text = try await PythonPeer("api_examples.py").run(
                [issuer, "1000", "5"], environment: ["HOLDFAST_TOKEN": token])
            #expect(text.contains("\"failures\""), "\(text)")
        }
    }
}

import Foundation
import HTTPTypes
import Testing

@testable import WalletAPI

@Suite struct AccessTests {
    @Test func `every route that is not open needs a key or a token`() async throws {
        try await TestAPI.run { api in
            for route in api.routes where route.access != .open {
                for bearer in [nil, "hf_wrong", TestAPI.key + "x", "eyJ.eyJ.x"] {
                    let reply = try await api.send(route.method, route.path, bearer: bearer)
                    #expect(reply.status == 401, "\(route)")
                    #expect(reply.code == "unauthorized")
                    #expect(reply.headers[.wwwAuthenticate]?.hasPrefix("Bearer") == true)
                }
            }
            let basic = try await api.send(
                .get, "/metrics", bearer: nil, headers: [.authorization: "Basic eDp5"])
            #expect(basic.status == 401)
            let lower = try await api.send(
                .get, "/metrics", bearer: nil, headers: [.authorization: "bearer \(TestAPI.key)"])
            #expect(lower.status == 200)
        }
    }

    @Test func `open are health, signing in, and what clients need to find out`() async throws {
        try await TestAPI.run { api in
            let open = api.routes.filter { $0.access == .open }.map(\.path)
            #expect(open.count == 16)
            for path in open {
                #expect(
                    [
                        "/health/", "/v1/registrations", "/v1/password-resets", "/v1/sign-in",
                        "/oauth/",
                        "/.well-known/",
                    ].contains { path.hasPrefix($0) }, "\(path)")
            }
        }
    }

    @Test func `unknown paths and methods are told apart`() async throws {
        try await TestAPI.run { api in
            let path = try await api.get("/v1/nothing")
            #expect(path.status == 404 && path.code == "not_found")
            #expect(path.headers[.contentType] == "application/problem+json")
            #expect(path["type"].text == "urn:holdfast:problem:not_found")
            #expect(path["title"].text == "Not found")
            let method = try await api.send(.delete, "/v1/transfers")
            #expect(method.status == 405 && method.code == "method_not_allowed")
            #expect(method.headers[.allow] == "POST")
        }
    }

    @Test func `a full queue is told as 429 with the time to come back`() async throws {
        try await TestAPI.run(queueLimit: 0) { api in
            let reply = try await api.post("/v1/accounts", #"{"owner":"x","currency":"USD"}"#)
            #expect(reply.status == 429 && reply.code == "busy")
            #expect(reply.headers[.retryAfter] == "1")
        }
    }

    @Test func `a ledger out of reach is told as 503, and the process still lives`() async throws {
        try await TestAPI.run { api in
            let ready = try await api.send(.get, "/health/ready", bearer: nil)
            #expect(ready.status == 200 && ready["engine"].text == "present")
            await api.wallet.stop()
            for (method, path) in [
                (HTTPRequest.Method.get, "/health/ready"), (.get, "/v1/alerts"),
                (.post, "/v1/accounts"),
            ] {
                let reply = try await api.send(method, path, #"{"owner":"x","currency":"USD"}"#)
                #expect(reply.status == 503 && reply.code == "unavailable")
                #expect(reply.headers[.retryAfter] == "1")
            }
            #expect(try await api.send(.get, "/health/live", bearer: nil).status == 200)
        }
    }

    @Test func `a missing key file is made for its owner alone, and read again`() throws {
        try Self.withFolder { folder in
            let path = folder + "/keys"
            let made = try APIKeys(file: path)
            #expect(made.names == ["operator"])
            let secret = try #require(made.secret(named: "operator"))
            #expect(secret.utf8.count == 67)
            #expect(made.name(of: secret) == "operator" && made.name(of: secret + "0") == nil)
            let mode = try FileManager.default.attributesOfItem(atPath: path)[.posixPermissions]
            #expect(mode as? Int == 0o600)
            #expect(try APIKeys(file: path).secret(named: "operator") == secret)
            #expect(try FileManager.default.contentsOfDirectory(atPath: folder) == ["keys"])
        }
    }

    @Test func `a key file that others may read is refused by its path`() throws {
        try Self.withFolder { folder in
            let path = folder + "/keys"
            _ = try APIKeys(file: path)
            for mode in [0o640, 0o604, 0o620] {
                try FileManager.default.setAttributes(
                    [.posixPermissions: mode], ofItemAtPath: path)
                let error = #expect(throws: APIKeysError.self) { try APIKeys(file: path) }
                #expect(error?.description.contains(path) == true)
                #expect(error?.description.contains("chmod 600") == true)
            }
            #expect(throws: APIKeysError.self) { try APIKeys(file: folder + "/none/keys") }
        }
    }

    @Test(arguments: [
        "", "# nothing\n\n", "operator\n", "operator short\n", "a b c\n",
        "a xxxxxxxxxxxxxxxxxxxxxxxx\na yyyyyyyyyyyyyyyyyyyyyyyy\n",
        "a xxxxxxxxxxxxxxxxxxxxxxxx\nb xxxxxxxxxxxxxxxxxxxxxxxx\n",
        "a xxxxxxxxxxxxxxxxxxxxxxxé\n",
        String(repeating: "a", count: 129) + " xxxxxxxxxxxxxxxxxxxxxxxx\n",
        "a\u{7} xxxxxxxxxxxxxxxxxxxxxxxx\n",
    ]) func `a malformed key file is refused`(_ text: String) {
        #expect(throws: APIKeysError.self) { try APIKeys(text: text, path: "keys") }
    }

    @Test func `a name has at most 128 bytes, and the refusal says so`() throws {
        let key = " xxxxxxxxxxxxxxxxxxxxxxxx\n"
        let longest = String(repeating: "ä", count: 64)
        #expect(try APIKeys(text: longest + key, path: "keys").names == [longest])
        do throws(APIKeysError) {
            _ = try APIKeys(text: "# names\n" + longest + "a" + key, path: "keys")
            Issue.record("it was taken")
        } catch {
            #expect("\(error)".contains("line 2: a name has at most 128 bytes"))
        }
    }

    private static func withFolder(_ body: (String) throws -> Void) throws {
        let folder = NSTemporaryDirectory() + "holdfast-keys-\(UUID().uuidString)"
        try FileManager.default.createDirectory(
            atPath: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(atPath: folder) }
        try body(folder)
    }
}

import EventLog
import Testing

@testable import Identity

@Suite struct AccessRuleTests {
    @Test(arguments: [
        "https://app.example/cb", "https://app.example:8443/cb?x=1", "http://127.0.0.1:4711/cb",
        "http://localhost/cb", "http://[::1]:9/cb", "com.example.app:/cb",
    ])
    func `a redirect URI of a kind that OAuth permits is taken`(_ text: String) {
        #expect(RedirectURI(text)?.text == text)
    }

    @Test(arguments: [
        "", "app.example/cb", "http://app.example/cb", "https://", "https:///cb",
        "https://ann@app.example/cb", "https://app.example/cb#x", "javascript:alert(1)",
        "data:text/html,x", "https://app.example/ cb", "https:\\\\app.example", "Com.Example:/x",
    ])
    func `another is refused`(_ text: String) { #expect(RedirectURI(text) == nil) }

    @Test func `redirect URIs are compared by character, but for a loopback port`() throws {
        let native = try #require(RedirectURI("http://127.0.0.1/cb"))
        #expect(native.permits(try #require(RedirectURI("http://127.0.0.1:5000/cb"))))
        #expect(!native.permits(try #require(RedirectURI("http://127.0.0.1:5000/cb2"))))
        #expect(!native.permits(try #require(RedirectURI("http://localhost:5000/cb"))))
        let web = try #require(RedirectURI("https://app.example/cb"))
        #expect(web.permits(web))
        for other in [
            "https://app.example:444/cb", "https://app.example/cb/", "https://app.example/cb?a",
        ] {
            #expect(!web.permits(try #require(RedirectURI(other))))
        }
        #expect(
            web.adding([("code", "a b&c"), ("state", "ü")])
                == "https://app.example/cb?code=a%20b%26c&state=%C3%BC")
        #expect(
            try #require(RedirectURI("https://app.example/cb?x=1")).adding([("code", "1")])
                == "https://app.example/cb?x=1&code=1")
    }

    @Test func `scopes are their words, and an unknown word is none`() {
        for (word, scope) in Scopes.words {
            #expect(Scopes(word) == scope && scope.text == word)
        }
        #expect(Scopes("wallet:pay profile")?.text == "profile wallet:pay")
        #expect(Scopes("") == [])
        #expect(Scopes("profile everything") == nil)
        #expect(Set(Scopes.words.map(\.scope.rawValue)).count == Scopes.words.count)
    }

    @Test func `a role never has what a lesser one must not`() {
        #expect(Role.customer.scopes == .ofPeople)
        #expect(Role.customer.scopes.isDisjoint(with: .ofStaff))
        #expect(!Role.analyst.scopes.contains(.policiesWrite))
        #expect(Role.supervisor.scopes.contains(.policiesWrite))
        for role in [Role.analyst, .supervisor] {
            #expect(
                role.scopes.isDisjoint(with: [
                    .fundsWrite, .clientsWrite, .peopleWrite, .paymentsWrite,
                ]))
        }
        #expect(Role.service.scopes.isDisjoint(with: .ofPeople))
        for role in Role.allCases { #expect(Role(word: role.word) == role) }
    }

    @Test func `others who try at the same time, a moment later, make nobody wait`() {
        let now = Timestamp(1_000_000_000_000)
        let state = AttemptLimit.State(failures: 1, failedAt: now.adding(milliseconds: 3))
        #expect(AttemptLimit.address.wait(state, at: now) == 0)
    }

    @Test func `waits double up to the longest, and failures are forgotten`() {
        let limit = AttemptLimit.accountFromAddress
        var state = AttemptLimit.State()
        var now = Timestamp(1_000_000_000_000)
        var waits: [Int64] = []
        for _ in 0..<20 {
            state = limit.failed(state, at: now)
            waits.append(limit.wait(state, at: now))
            now = now.adding(seconds: limit.wait(state, at: now))
            #expect(limit.wait(state, at: now) == 0)
        }
        #expect(waits.prefix(9) == [0, 0, 0, 0, 0, 2, 4, 8, 16])
        #expect(waits.last == limit.longestWaitSeconds)
        let later = now.adding(seconds: limit.forgetSeconds)
        #expect(limit.failed(state, at: later).failures == 1)
        #expect(AttemptLimit.account.longestWaitSeconds <= 30)
    }
}

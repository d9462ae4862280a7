import Foundation
import Testing

/// Price lists tried on what was paid.
@Suite struct FeesCommandTests {
    @Test func `a dry run says what another price list would have made of past payments`()
        async throws
    {
        try await CommandRig.run { rig in
            func list(_ name: String, _ version: Int, _ fixed: String) throws -> String {
                let path = rig.folder + "/\(name).json"
                let text = """
                    {"version": \(version), "valid_from": "2020-01-0\(version)T00:00:00Z", "rules": [
                      {"id": "p2p", "kind": "p2p", "currency": "USD", "fixed": "\(fixed)", "paid_by": "payer"}]}
                    """
                try text.write(toFile: path, atomically: true, encoding: .utf8)
                return path
            }
            let (before, after) = (try list("before", 1, "0.10"), try list("after", 2, "0.25"))
            let up = try RunningWallet(rig, "home")
            try await up.untilReady()
            let accounts = try await up.accounts("fees")
            for number in 1...4 { _ = try await up.pay(accounts, "2.0\(number)", key: "\(number)") }
            let text = try await rig.succeed([
                "fees", "dry-run", before, after, "--home", up.home,
            ])
            #expect(text.contains("4 payments: 4 dearer, 0 cheaper"), "\(text)")
            #expect(text.contains("fees 0.40 USD before, 1.00 USD after"), "\(text)")
            let refused = try await rig.run([
                "fees", "dry-run", before, rig.folder + "/none.json", "--home", up.home,
            ])
            #expect(!refused.ending.isSuccess && refused.text.contains("none.json"))
        }
    }
}

import AuditTrail
import Foundation
import PostgreSQL
import Testing

@Suite struct BigWalkTests {
    @Test func `a hundred thousand entries are read in bounded memory, and proved`() async throws {
        try await AuditCluster.withDatabase { _, connection in
            let clock = ContinuousClock()
            let count = 100_000
            let key = AuditSigningKey()
            let appending = try clock.measure { try connection.fill(count, batch: 1_000) }
            let head = try AuditLog.sign(with: key, in: &connection)
            // Once before, so that what is allocated once for all is not counted.
            _ = try AuditVerifier.run(&connection, keys: [key.publicKey])
            let before = try Self.residentKilobytes()
            var pages = 0
            var report: AuditReport?
            let reading = try clock.measure {
                report = try AuditVerifier.run(&connection, keys: [key.publicKey]) { progress in
                    pages += 1
                    #expect(progress.totalCount == Int64(count))
                }
            }
            let grown = try Self.residentKilobytes() - before
            #expect(report?.isWhole == true)
            #expect(report?.entryCount == Int64(count))
            #expect(pages >= count / 2_000)
            #expect(grown < 32_768, "\(grown) kB more after the walk")
            let proving = try clock.measure {
                let proof = try AuditProof.make(index: 77_777, at: head, &connection)
                #expect(proof.path.count == 17)
                #expect(proof.verify(with: key.publicKey) == .holds)
            }
            func rate(_ time: Duration) -> Int { Int(Double(count) / (time / .seconds(1))) }
            print(
                "audit log of \(count) entries: appended \(rate(appending))/s in batches of 1,000, "
                    + "verified \(rate(reading))/s, \(grown) kB more; one proof took \(proving)")
        }
    }

    private static func residentKilobytes() throws -> Int {
        let text = try String(contentsOfFile: "/proc/self/status", encoding: .utf8)
        let line = try #require(text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") })
        return try #require(Int(line.filter(\.isNumber)))
    }
}

import Foundation
import Testing

extension FaultTests {
    @Test
    func `a supervisor that finds PostgreSQL still starting waits for it`() async throws {
        try await FaultRig.run { rig in
            // A server that was killed is started again within half a second; its supervisor is killed while it is.
            for milliseconds in [250, 400, 500, 550, 600, 700] {
                #expect(await rig.eventually(seconds: 30) { rig.killPostgreSQL() })
                try await Task.sleep(for: .milliseconds(milliseconds))
                try rig.killSupervisor()
                try await rig.untilReady(seconds: 60)
                try #require(rig.supervisorEnding() == nil, "\(rig.logTail)")
            }
            try await Aftermath(rig).verifies()
        }
    }
}

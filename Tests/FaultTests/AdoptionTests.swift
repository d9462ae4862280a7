import Foundation
import Operations
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

    @Test func `a supervisor that is stopped while PostgreSQL starts leaves none behind`()
        async throws
    {
        try await FaultRig.run { rig in
            var tested = 0
            for milliseconds in [100, 200, 300, 500] {
                #expect(await rig.eventually(seconds: 30) { rig.killPostgreSQL() })
                // By then it is being started again, and the next supervisor finds it starting.
                #expect(await rig.eventually(seconds: 30) { rig.livingPostmaster != nil })
                try rig.killSupervisor()
                try await Task.sleep(for: .milliseconds(milliseconds))
                let ending = try #require(await rig.endSupervisor())
                // If it was so early that it had not come to listening, it had not come to the server either.
                if ending != .killed(signal: SIGTERM) {
                    tested += 1
                    #expect(ending.isSuccess)
                    #expect(
                        rig.livingPostmaster == nil,
                        "after \(milliseconds) ms, \(ending):\n\(rig.logTail)")
                }
                try rig.startSupervisor()
                try await rig.untilReady(seconds: 60)
            }
            #expect(tested > 0, "every supervisor was stopped before it listened")
        }
    }

    @Test func `a supervisor that is stopped while its PostgreSQL recovers stops both at once`()
        async throws
    {
        try await FaultRig.run { rig in
            try #require(await rig.endSupervisor()?.isSuccess == true, "\(rig.logTail)")
            // Recovery from an archive that takes its time: ten minutes for the first file that is asked for.
            let data = try Home(rig.home).cluster().folder + "/data"
            let settings = data + "/postgresql.conf"
            let before = try String(contentsOfFile: settings, encoding: .utf8)
            try (before + "\nrestore_command = 'sleep 600'\n").write(
                toFile: settings, atomically: false, encoding: .utf8)
            try "".write(
                toFile: data + "/recovery.signal", atomically: false, encoding: .utf8)

            try rig.startSupervisor()
            #expect(await rig.eventually(seconds: 60) { rig.livingPostmaster != nil })
            try await Task.sleep(for: .seconds(1))
            let ending = try #require(await rig.endSupervisor(), "\(rig.logTail)")
            #expect(ending.isSuccess, "\(rig.logTail)")
            #expect(rig.livingPostmaster == nil)

            try before.write(toFile: settings, atomically: false, encoding: .utf8)
            try FileManager.default.removeItem(atPath: data + "/recovery.signal")
            try rig.startSupervisor()
            try await rig.untilReady(seconds: 60)
            try await Aftermath(rig).verifies()
        }
    }
}

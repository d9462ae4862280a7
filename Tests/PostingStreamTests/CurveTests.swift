import EventLog
import TestSockets
import Testing
import ZeroMQ

@testable import PostingStream

/// The stream between machines: CURVE and an allow-list.
@Suite(.serialized) struct CurveTests {
    @Test func `only a client whose key is allowed is served`() async throws {
        let server = try CurveKeyPair.generate()
        let friend = try CurveKeyPair.generate()
        let stranger = try CurveKeyPair.generate()
        let rig = try StreamRig(
            StreamEndpoint(
                address: "tcp://127.0.0.1:*",
                serverKeys: .init(own: server, allowed: [friend.publicKey])))
        defer { rig.stop() }
        let known = rig.follow(
            engine: true, keys: StreamClientKeys(server: server.publicKey, own: friend))
        let unknown = rig.follow(
            engine: true, keys: StreamClientKeys(server: server.publicKey, own: stranger))
        let misled = rig.follow(
            engine: true, keys: StreamClientKeys(server: stranger.publicKey, own: friend))
        let bare = rig.follow(engine: true)
        let others = [unknown, misled, bare]
        rig.append(50)
        #expect(await rig.eventually { known.now.sequence == rig.log.head })
        // A key that is not allowed; another server's key and no key at all. Each comes again and again.
        #expect(await rig.eventually { rig.publisher.statistics.refusedPeers > 1 })
        #expect(await rig.eventually { rig.publisher.statistics.failedHandshakes > 3 })
        #expect(rig.messages.count(of: "a stream client was refused") == 1)
        #expect(rig.messages.count(of: "a connection to the stream was refused") == 1)
        rig.append(50)
        #expect(await rig.eventually { known.now.sequence == rig.log.head })
        for other in others {
            #expect(other.now.welcomes == 0)
            #expect(other.now.sequence == .zero)
        }
        // A hello that this machine was too busy to answer in time leaves a session, until its peer is found to be gone.
        #expect(await rig.eventually { rig.publisher.statistics.subscribers == 1 })
        #expect(known.now.welcomes == 1)
        for follower in others + [known] { follower.stop() }
    }

    @Test(arguments: [true, false])
    func `one wrong key is counted, whichever it is`(isServersKeyWrong: Bool) async throws {
        let server = try CurveKeyPair.generate()
        let friend = try CurveKeyPair.generate()
        let stranger = try CurveKeyPair.generate()
        let rig = try StreamRig(
            StreamEndpoint(
                address: "tcp://127.0.0.1:*",
                serverKeys: .init(own: server, allowed: [friend.publicKey])))
        defer { rig.stop() }
        let keys =
            isServersKeyWrong
            ? StreamClientKeys(server: stranger.publicKey, own: friend)
            : StreamClientKeys(server: server.publicKey, own: stranger)
        let misled = rig.follow(engine: true, keys: keys)
        defer { misled.stop() }
        let isCounted = await rig.eventually {
            let statistics = rig.publisher.statistics
            return isServersKeyWrong
                ? statistics.failedHandshakes > 0 : statistics.refusedPeers > 0
        }
        #expect(isCounted)
        let statistics = rig.publisher.statistics
        #expect(isServersKeyWrong ? statistics.refusedPeers == 0 : statistics.failedHandshakes == 0)
        #expect(misled.now.welcomes == 0 && statistics.subscribers == 0)
    }

    @Test func `bytes that are no ZeroMQ on a guarded port disturb nobody`() async throws {
        let server = try CurveKeyPair.generate()
        let friend = try CurveKeyPair.generate()
        let rig = try StreamRig(
            StreamEndpoint(
                address: "tcp://127.0.0.1:*",
                serverKeys: .init(own: server, allowed: [friend.publicKey])))
        defer { rig.stop() }
        let port = try #require(rig.address.split(separator: ":").last.flatMap { Int($0) })
        for round in 0..<20 {
            let connection = try StreamSocket(port: port)
            connection.send([UInt8](repeating: UInt8(round), count: 300))
        }
        // They look like peers of ZeroMQ's first protocol, which knows no keys, and are cut off.
        #expect(await rig.eventually { rig.publisher.statistics.disconnections >= 20 })
        let said = "a connection to the stream ended"
        #expect(await rig.eventually { rig.messages.count(of: said) >= 1 })
        #expect(rig.messages.count(of: said) == 1)
        let known = rig.follow(
            engine: true, keys: StreamClientKeys(server: server.publicKey, own: friend))
        rig.append(50)
        #expect(await rig.eventually { known.now.sequence == rig.log.head })
        known.stop()
    }
}

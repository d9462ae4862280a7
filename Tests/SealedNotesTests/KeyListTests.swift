import Foundation
import Testing

@testable import SealedNotes

/// A person's keys over time.
@Suite struct KeyListTests {
    private let party = Party("ana")!
    private let first = DeviceID()
    private let second = DeviceID()

    private func key(
        _ device: DeviceID, _ suite: SealingSuite = .x25519AES256GCM
    ) throws -> DeviceKey {
        DeviceKey(device: device, key: try DevicePrivateKey(suite: suite).publicKey)
    }

    @Test func `changes are named`() throws {
        let (one, two, three) = (try key(first), try key(second), try key(first))
        let elliptic = try key(first, .p256AES256GCM)
        let empty = KeyList(party: party)
        let both = try empty.adding(one).adding(two)
        #expect(both.version == 2)
        #expect(try Set(both.changes(since: empty)) == [.added(one), .added(two)])
        #expect(try both.changes(since: both) == [])
        #expect(try both.adding(one) == both)
        #expect(try both.removing(DeviceID()) == both)

        let replaced = try both.adding(three)
        #expect(try replaced.changes(since: both) == [.replaced(one, with: three)])
        let more = try both.adding(elliptic)
        #expect(try more.changes(since: both) == [.added(elliptic)])
        let fewer = try more.removing(first)
        #expect(
            try fewer.changes(since: more) == [.removed(one), .removed(elliptic)])
        // Over several versions, what matters is what is different at their end.
        #expect(
            try Set(replaced.removing(second).changes(since: both))
                == [.replaced(one, with: three), .removed(two)])
    }

    @Test func `another suite for the same curve replaces a key`() throws {
        let one = try key(first)
        let other = try key(first, .x25519ChaCha20Poly1305)
        let list = try KeyList(party: party).adding(one)
        let next = try list.adding(other)
        #expect(next.keys == [other])
        #expect(try next.changes(since: list) == [.replaced(one, with: other)])
    }

    @Test func `a directory that goes back or has two forms is found out`() throws {
        let list = try KeyList(party: party).adding(key(first))
        let next = try list.adding(key(second))
        let forked = try list.adding(key(second))
        #expect(refuses("came after version 2") { _ = try list.changes(since: next) })
        #expect(refuses("has two forms") { _ = try forked.changes(since: next) })
        let other = KeyList(party: Party("ben")!)
        #expect(refuses("two people") { _ = try other.changes(since: list) })
    }

    @Test func `lists that contradict themselves are refused`() throws {
        let one = try key(first)
        let copied = DeviceKey(device: second, key: one.key)
        let resuited = DeviceKey(
            device: second,
            key: try DevicePublicKey(suite: .x25519ChaCha20Poly1305, raw: one.key.raw))
        #expect(
            refuses("two keys of one curve") {
                _ = try KeyList(party: party, version: 1, keys: [one, key(first)])
            })
        for other in [copied, resuited] {
            #expect(
                refuses("the same key") {
                    _ = try KeyList(party: party, version: 1, keys: [one, other])
                })
        }
        #expect(refuses("version 0") { _ = try KeyList(party: party, version: 0, keys: [one]) })
        let last = try KeyList(party: party, version: .max, keys: [one])
        #expect(refuses("no more versions") { _ = try last.adding(key(second)) })
        var full = KeyList(party: party)
        for _ in 0..<KeyList.maximumDevices { full = try full.adding(key(DeviceID())) }
        #expect(refuses("more than 16 devices") { _ = try full.adding(key(DeviceID())) })
        let device = full.keys[3].device
        #expect(try full.adding(key(device, .p256AES256GCM)).keys.count == 17)
    }

    @Test func `a list's digest depends on its keys, not on their order or version`() throws {
        let (one, two) = (try key(first), try key(second))
        let list = try KeyList(party: party, version: 1, keys: [one, two])
        #expect(try list.digest == KeyList(party: party, version: 7, keys: [two, one]).digest)
        #expect(try list.digest != KeyList(party: party, version: 1, keys: [one]).digest)
        #expect(
            try list.digest != KeyList(party: Party("ben")!, version: 1, keys: [one, two]).digest)
    }

    @Test func `the safety number is the same for both and changes with each key`() throws {
        let ana = try KeyList(party: party).adding(key(first))
        let ben = try KeyList(party: Party("ben")!).adding(key(second))
        let number = SafetyNumber(ana, ben)
        #expect(number == SafetyNumber(ben, ana))
        #expect(number.groups.count == 12)
        #expect(number.groups.allSatisfy { $0.count == 5 && UInt32($0) != nil })
        #expect(number.description.count == 71)
        #expect(try SafetyNumber(ana.adding(key(first)), ben) != number)
        #expect(try SafetyNumber(ana, ben.adding(key(first, .p256AES256GCM))) != number)
        #expect(try SafetyNumber(ana.adding(key(second)).removing(second), ben) == number)
    }
}

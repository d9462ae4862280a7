import EventLog
import TestSeed
import Testing
import SplitMix

@testable import Features

@Suite struct StorageTests {
    @Test func `a hash table agrees with a dictionary over 60,000 insertions and removals`() {
        let seed = TestSeed.choose("hash table")
        var random = SplitMix64(seed: seed)
        var table = HashTable<NumberSlot>(capacity: 20_000)
        var model: [UInt32: UInt32] = [:]
        func hash(_ key: UInt32) -> UInt32 { UInt32(truncatingIfNeeded: mixed(UInt64(key))) }
        for step in 0..<60_000 {
            let key = UInt32(random.below(9_000))
            let position = table.find(hash(key)) { $0.hash == hash(key) }
            let found = position.map { table[$0].number }
            guard found == model[key] else {
                Issue.record("key \(key) at step \(step), seed \(seed)")
                return
            }
            if let position {
                // It grows first and shrinks later, so that buckets split and chains are freed.
                if random.chance(step < 30_000 ? 20 : 80) {
                    table.remove(position)
                    model[key] = nil
                } else {
                    table.update(position, NumberSlot(hash: hash(key), number: UInt32(step)))
                    model[key] = UInt32(step)
                }
            } else if random.chance(step < 30_000 ? 90 : 30) {
                let isInserted = table.insert(NumberSlot(hash: hash(key), number: UInt32(step)))
                #expect(isInserted)
                model[key] = UInt32(step)
            }
        }
        let count = table.count
        #expect(count == model.count)
    }

    @Test func `a full hash table refuses, and a full slab does`() {
        var table = HashTable<NumberSlot>(capacity: 20)
        var inserted = 0
        while inserted < 1000,
            table.insert(
                NumberSlot(
                    hash: UInt32(truncatingIfNeeded: mixed(UInt64(inserted))), number: 0))
        { inserted += 1 }
        #expect(inserted == 20)
        var slab = Slab<UInt64>(capacity: 2)
        let numbers = [slab.insert(7), slab.insert(8), slab.insert(9)]
        #expect(numbers == [0, 1, nil])
        slab.remove(0)
        let reused = slab.insert(10)
        #expect(reused == 0)
    }

    @Test func `pages are saved as they were when the snapshot began`() {
        var region = Region(capacity: 3 * Region.pageBytes)
        func write(_ value: UInt8, at offset: Int) {
            region.touch(offset, 1)
            region.base.storeBytes(of: value, toByteOffset: offset, as: UInt8.self)
        }
        write(1, at: 0)
        write(2, at: Region.pageBytes)
        region.beginTracking([0..<2 * Region.pageBytes])
        write(9, at: Region.pageBytes)
        write(9, at: 2 * Region.pageBytes)
        let saved = region.saveNext(10)
        let copies = region.takeCopies()
        #expect(saved == 1, "the changed page was copied before, the new one has no part in it")
        #expect(copies.pages == [1, 0])
        #expect(copies.bytes[0] == 2 && copies.bytes[Region.pageBytes] == 1)
    }

    @Test func `sums of 96 bits round to the nearest double`() {
        var random = SplitMix64(seed: 5)
        var sum = WideSum()
        var exact: Int128 = 0
        for _ in 0..<2_000 {
            let amount = random.next() >> UInt64(random.below(64))
            sum.add(amount)
            exact += Int128(amount)
            #expect(sum.double == Double(exact))
        }
        sum.subtract(12345)
        #expect(sum.double == Double(exact - 12345))
    }

    @Test func `what left 30 days and the label delay and was never posted is forgotten`() {
        var fixture = Fixture()
        for second in 0..<100 {
            let context = RiskContext(
                device: Token(UInt64(1 + second)), instrument: Token(5), address: Token(6))
            for payer in 1...2 {
                fixture.reserve(
                    at: 1000 + Int64(second), payer: Int64(payer), payee: Int64(100 + second),
                    context: context)
            }
        }
        // The first payer's ties stand with the parties themselves.
        let before = (fixture.state.parties.count, fixture.state.relations.count)
        #expect(before == (202, 202))
        fixture.reserve(at: 38 * 86_400)
        let after = (fixture.state.parties.count, fixture.state.relations.count)
        #expect(after == (1, 0))
        #expect(fixture["payer.count.30d"] == 1)
    }
}

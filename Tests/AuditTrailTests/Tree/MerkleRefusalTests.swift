import Cryptography
import SplitMix
import TestSeed
import Testing

@testable import AuditTrail

/// What is no proof is refused: nothing about it may be changed.
@Suite struct MerkleRefusalTests {
    private let leaves = (0..<40).map { [UInt8($0), 1, 2] }

    private func root(_ size: Int) throws -> SHA256Digest {
        try #require(SHA256Digest(bytes: NaiveTree.root(leaves.prefix(size))))
    }

    private func flipped(_ digest: SHA256Digest, _ bit: Int) throws -> SHA256Digest {
        var bytes = digest.bytes
        bytes[bit / 8] ^= 1 << (bit % 8)
        return try #require(SHA256Digest(bytes: bytes))
    }

    @Test(arguments: [1, 2, 3, 7, 8, 13, 32, 33, 40])
    func `an inclusion proof that is changed anywhere is refused`(_ size: Int) throws {
        let root = try root(size)
        for index in 0..<size {
            let path = MerkleTreeTests.inclusionPath(index, leaves.prefix(size))
            let leaf = MerkleTree.leafHash(leaves[index])
            func holds(
                _ path: [SHA256Digest], _ leaf: SHA256Digest, _ index: Int, _ size: Int,
                _ root: SHA256Digest
            ) -> Bool {
                MerkleTree.verifyInclusion(
                    path: path, leafHash: leaf, index: Int64(index), size: Int64(size), root: root)
            }
            #expect(holds(path, leaf, index, size, root))
            for place in path.indices {
                for byte in 0..<32 {
                    var other = path
                    other[place] = try flipped(path[place], byte * 8 + byte % 8)
                    #expect(!holds(other, leaf, index, size, root))
                }
            }
            for byte in 0..<32 {
                #expect(!holds(path, try flipped(leaf, byte * 8), index, size, root))
                #expect(!holds(path, leaf, index, size, try flipped(root, byte * 8)))
            }
            for other in -1...size + 1 where other != index {
                #expect(!holds(path, leaf, other, size, root), "\(index) as \(other) of \(size)")
            }
            #expect(!holds(path + [leaf], leaf, index, size, root))
            if !path.isEmpty {
                #expect(!holds(Array(path.dropLast()), leaf, index, size, root))
                #expect(!holds(Array(path.dropFirst()), leaf, index, size, root))
            }
            #expect(!holds(path, leaf, index, 0, root))
            #expect(!holds(path, leaf, index, index, root))
        }
    }

    @Test func `a wrong size is refused unless its tree looks the same from the leaf`() throws {
        // The path says no more about the size than how many turns lead to the root: another size with the same turns
        // has the same proof, which the signed head settles as it names size and root together.
        for size in 1...40 {
            let root = try root(size)
            for index in 0..<size {
                let path = MerkleTreeTests.inclusionPath(index, leaves.prefix(size))
                for other in index + 1...40 where other != size {
                    let isAccepted = MerkleTree.verifyInclusion(
                        path: path, leafHash: MerkleTree.leafHash(leaves[index]),
                        index: Int64(index), size: Int64(other), root: root)
                    #expect(
                        isAccepted
                            == (NaiveTree.turns(index, size) == NaiveTree.turns(index, other)))
                }
            }
        }
    }

    @Test(arguments: [2, 3, 7, 8, 13, 32, 33, 40])
    func `a consistency proof that is changed anywhere is refused`(_ newer: Int) throws {
        let newerRoot = try root(newer)
        for older in 1..<newer {
            let olderRoot = try root(older)
            let path = MerkleTreeTests.consistencyPath(older, leaves.prefix(newer))
            func holds(
                _ path: [SHA256Digest], _ older: Int, _ newer: Int, _ olderRoot: SHA256Digest,
                _ newerRoot: SHA256Digest
            ) -> Bool {
                MerkleTree.verifyConsistency(
                    path: path, from: Int64(older), to: Int64(newer), olderRoot: olderRoot,
                    newerRoot: newerRoot)
            }
            #expect(holds(path, older, newer, olderRoot, newerRoot))
            for place in path.indices {
                for byte in 0..<32 {
                    var other = path
                    other[place] = try flipped(path[place], byte * 8 + byte % 8)
                    #expect(!holds(other, older, newer, olderRoot, newerRoot))
                }
            }
            for byte in 0..<32 {
                #expect(
                    !holds(path, older, newer, try flipped(olderRoot, byte * 8), newerRoot))
                #expect(
                    !holds(path, older, newer, olderRoot, try flipped(newerRoot, byte * 8)))
            }
            for other in 0...newer where other != older {
                #expect(!holds(path, other, newer, try root(other), newerRoot))
            }
            #expect(!holds(path + [olderRoot], older, newer, olderRoot, newerRoot))
            #expect(!holds(Array(path.dropLast()), older, newer, olderRoot, newerRoot))
            #expect(!holds(path, newer, older, newerRoot, olderRoot))
            #expect(!holds([], older, newer, olderRoot, newerRoot))
        }
    }

    @Test func `every tree begins with itself and with the empty one, and with nothing else`()
        throws
    {
        for size in 0...20 {
            let root = try root(size)
            #expect(
                MerkleTree.verifyConsistency(
                    path: [], from: Int64(size), to: Int64(size), olderRoot: root, newerRoot: root))
            #expect(
                MerkleTree.verifyConsistency(
                    path: [], from: 0, to: Int64(size), olderRoot: MerkleTree.emptyRoot,
                    newerRoot: root))
            let other = MerkleTree.leafHash([99])
            #expect(
                !MerkleTree.verifyConsistency(
                    path: [], from: Int64(size), to: Int64(size), olderRoot: other,
                    newerRoot: root))
            #expect(
                !MerkleTree.verifyConsistency(
                    path: [other], from: Int64(size), to: Int64(size), olderRoot: root,
                    newerRoot: root))
        }
    }

    @Test func `random paths never lead to a root and never trap`() {
        var random = SplitMix64(seed: TestSeed.choose("MerkleRefusal"))
        for _ in 0..<3_000 {
            let path = (0..<random.below(70)).map { _ in
                MerkleTree.leafHash(MerkleTreeTests.bytes(&random, 4))
            }
            let size = Int64(bitPattern: random.next() >> UInt64(random.below(64)))
            let index = Int64(bitPattern: random.next() >> UInt64(random.below(64)))
            let root = MerkleTree.leafHash(MerkleTreeTests.bytes(&random, 4))
            #expect(
                !MerkleTree.verifyInclusion(
                    path: path, leafHash: MerkleTree.leafHash([]), index: index, size: size,
                    root: root))
            #expect(
                !MerkleTree.verifyConsistency(
                    path: path, from: index, to: size, olderRoot: MerkleTree.leafHash([]),
                    newerRoot: root))
        }
    }
}

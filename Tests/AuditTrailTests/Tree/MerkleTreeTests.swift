import Cryptography
import SplitMix
import TestSeed
import Testing

@testable import AuditTrail

@Suite struct MerkleTreeTests {
    /// The leaves with which implementations of Certificate Transparency are tested, and the roots of the first so many.
    private static let published: [(leaf: String, root: String)] = [
        ("", "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"),
        ("00", "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"),
        ("10", "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77"),
        ("2021", "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"),
        ("3031", "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4"),
        ("40414243", "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef"),
        (
            "5051525354555657",
            "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c"
        ),
        (
            "606162636465666768696a6b6c6d6e6f",
            "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328"
        ),
    ]

    @Test func `the roots are the published ones`() throws {
        var tree = MerkleTree()
        #expect(
            tree.root.description
                == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855")
        for (leaf, root) in Self.published {
            tree.append(leafHash: MerkleTree.leafHash(try #require(Hexadecimal.decode(leaf))))
            #expect(tree.root.description == root, "\(tree.size) leaves")
        }
    }

    @Test func `for every size up to 70 the roots and the proofs are those of the definition`()
        throws
    {
        let leaves = (0..<70).map { [UInt8(truncatingIfNeeded: $0 * 37), UInt8($0)] }
        var tree = MerkleTree()
        for size in 0...leaves.count {
            if size > 0 { tree.append(leafHash: MerkleTree.leafHash(leaves[size - 1])) }
            let part = leaves.prefix(size)
            let root = tree.root
            #expect(root.bytes == NaiveTree.root(part))
            #expect(tree.subtreeRoots.count == Int64(size).nonzeroBitCount)
            #expect(MerkleTree(size: tree.size, subtreeRoots: tree.subtreeRoots) == tree)
            for index in 0..<size {
                let path = Self.inclusionPath(index, part)
                #expect(path.map(\.bytes) == NaiveTree.path(index, part))
                #expect(
                    MerkleTree.verifyInclusion(
                        path: path, leafHash: MerkleTree.leafHash(leaves[index]),
                        index: Int64(index), size: Int64(size), root: root))
            }
            for older in 1..<max(size, 1) {
                let path = Self.consistencyPath(older, part)
                #expect(path.map(\.bytes) == NaiveTree.proof(older, part))
                let olderRoot = SHA256Digest(bytes: NaiveTree.root(leaves.prefix(older)))
                #expect(
                    MerkleTree.verifyConsistency(
                        path: path, from: Int64(older), to: Int64(size),
                        olderRoot: try #require(olderRoot), newerRoot: root))
            }
        }
    }

    @Test func `larger trees of random sizes are those of the definition too`() throws {
        var random = SplitMix64(seed: TestSeed.choose("MerkleTree"))
        for _ in 0..<6 {
            let size = 71 + random.below(9_000)
            let leaves = (0..<size).map { _ in Self.bytes(&random, random.below(5)) }
            var tree = MerkleTree()
            for leaf in leaves { tree.append(leafHash: MerkleTree.leafHash(leaf)) }
            #expect(tree.root.bytes == NaiveTree.root(leaves[...]))
            for _ in 0..<3 {
                let index = random.below(size)
                let path = Self.inclusionPath(index, leaves[...])
                #expect(path.map(\.bytes) == NaiveTree.path(index, leaves[...]))
                #expect(
                    MerkleTree.verifyInclusion(
                        path: path, leafHash: MerkleTree.leafHash(leaves[index]),
                        index: Int64(index), size: Int64(size), root: tree.root))
                let older = 1 + random.below(size - 1)
                let proof = Self.consistencyPath(older, leaves[...])
                #expect(proof.map(\.bytes) == NaiveTree.proof(older, leaves[...]))
                let olderRoot = SHA256Digest(bytes: NaiveTree.root(leaves.prefix(older)))
                #expect(
                    MerkleTree.verifyConsistency(
                        path: proof, from: Int64(older), to: Int64(size),
                        olderRoot: try #require(olderRoot), newerRoot: tree.root))
            }
        }
    }

    @Test func `a proof reads each leaf hash at most once, a page at a time`() {
        let size: Int64 = 3 * MerkleTree.leafPageSize + 77
        let leaf = MerkleTree.leafHash([7])
        for index in [0, 1, MerkleTree.leafPageSize, size - 1] {
            var reads = [Int](repeating: 0, count: Int(size))
            _ = MerkleTree.inclusionPath(of: index, size: size) { range in
                #expect(range.count <= Int(MerkleTree.leafPageSize))
                for place in range { reads[Int(place)] += 1 }
                return range.map { _ in leaf }
            }
            #expect(reads[Int(index)] == 0)
            #expect(reads.reduce(0, +) == Int(size) - 1 && reads.max() == 1)
        }
        for older in [1, 2, 5_000, size - 1] {
            var reads = [Int](repeating: 0, count: Int(size))
            _ = MerkleTree.consistencyPath(from: older, to: size) { range in
                for place in range { reads[Int(place)] += 1 }
                return range.map { _ in leaf }
            }
            #expect((reads.max() ?? 0) <= 1)
        }
    }

    @Test func `a tree is not made of a wrong number of roots`() {
        let root = MerkleTree.leafHash([])
        #expect(MerkleTree(size: 3, subtreeRoots: [root]) == nil)
        #expect(MerkleTree(size: -1, subtreeRoots: []) == nil)
        #expect(MerkleTree(size: -1, subtreeRoots: .init(repeating: root, count: 64)) == nil)
        #expect(MerkleTree(size: 0, subtreeRoots: []) == MerkleTree())
    }

    // MARK: - Parts

    static func inclusionPath(_ index: Int, _ leaves: ArraySlice<[UInt8]>) -> [SHA256Digest] {
        MerkleTree.inclusionPath(of: Int64(index), size: Int64(leaves.count)) { range in
            range.map { MerkleTree.leafHash(leaves[Int($0)]) }
        }
    }

    static func consistencyPath(_ older: Int, _ leaves: ArraySlice<[UInt8]>) -> [SHA256Digest] {
        MerkleTree.consistencyPath(from: Int64(older), to: Int64(leaves.count)) { range in
            range.map { MerkleTree.leafHash(leaves[Int($0)]) }
        }
    }

    static func bytes(_ random: inout SplitMix64, _ count: Int) -> [UInt8] {
        (0..<count).map { _ in UInt8(truncatingIfNeeded: random.next()) }
    }
}

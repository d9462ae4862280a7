public import Cryptography

/// A Merkle tree that grows to the right (RFC 6962, section 2.1; RFC 9162, section 2.1.1), of which only the roots of
/// its full subtrees are kept: as many as the size has one-bits, at most 63.
public struct MerkleTree: Equatable, Sendable {
    /// Number of leaves.
    public private(set) var size: Int64
    /// Roots of the full subtrees, the largest and leftmost one first. A tree of 6 leaves has those of leaves 0–3 and
    /// 4–5.
    public private(set) var subtreeRoots: [SHA256Digest]

    /// A tree without leaves.
    public init() {
        size = 0
        subtreeRoots = []
    }

    /// A tree from what was kept of it; nil if the number of roots is not that of a tree of this size.
    public init?(size: Int64, subtreeRoots: [SHA256Digest]) {
        guard size >= 0, size.nonzeroBitCount == subtreeRoots.count else { return nil }
        self.size = size
        self.subtreeRoots = subtreeRoots
    }

    /// Adds a leaf. Takes one hash on average, and as many as the tree is high at most.
    public mutating func append(leafHash: SHA256Digest) {
        var root = leafHash
        var bits = size
        // Each one-bit from the right is a full subtree that this leaf completes to one of twice its size.
        while bits & 1 == 1, let left = subtreeRoots.popLast() {
            root = Self.nodeHash(left, root)
            bits >>= 1
        }
        subtreeRoots.append(root)
        size += 1
    }

    /// The tree's root hash; of no leaves the SHA-256 of nothing. Takes O(log n) hashes.
    public var root: SHA256Digest {
        guard var root = subtreeRoots.last else { return Self.emptyRoot }
        for left in subtreeRoots.dropLast().reversed() { root = Self.nodeHash(left, root) }
        return root
    }

    /// The root hash of a tree without leaves.
    public static let emptyRoot = SHA256.hash([])

    /// The hash of a leaf: SHA-256 of 0x00 and the leaf's datum.
    public static func leafHash(_ datum: [UInt8]) -> SHA256Digest {
        var hash = SHA256()
        hash.update([0])
        hash.update(datum)
        return hash.finalize()
    }

    /// The hash of an inner node: SHA-256 of 0x01 and the hashes of its children. The prefixes keep a node from being
    /// passed off as a leaf.
    public static func nodeHash(_ left: SHA256Digest, _ right: SHA256Digest) -> SHA256Digest {
        var hash = SHA256()
        hash.update([1])
        hash.update(left.bytes)
        hash.update(right.bytes)
        return hash.finalize()
    }

    /// How many of `count` ≥ 2 leaves are in the left subtree: the largest power of two below `count`.
    static func leftCount(of count: Int64) -> Int64 {
        1 << (Int64.bitWidth - 1 - (count - 1).leadingZeroBitCount)
    }
}

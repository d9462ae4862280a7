public import Cryptography

extension MerkleTree {
    /// Whether a path leads from a leaf to the root of a tree (RFC 9162, section 2.1.3.2).
    ///
    /// - Parameters:
    ///   - path: The hashes, the nearest to the leaf first.
    ///   - leafHash: The leaf's hash.
    ///   - index: The leaf's place.
    ///   - size: Number of leaves of the tree.
    ///   - root: The tree's root, from a source that is trusted.
    public static func verifyInclusion(
        path: [SHA256Digest], leafHash: SHA256Digest, index: Int64, size: Int64, root: SHA256Digest
    ) -> Bool {
        guard index >= 0, index < size else { return false }
        var climb = Climb(node: index, last: size - 1)
        var computed = leafHash
        for hash in path {
            guard let side = climb.nextSide() else { return false }
            computed = side == .left ? nodeHash(hash, computed) : nodeHash(computed, hash)
        }
        return climb.isAtRoot && computed == root
    }

    /// Whether the older tree is the beginning of the newer one (RFC 9162, section 2.1.4.2). Every tree begins with the
    /// empty one, and with itself; an empty path proves these.
    ///
    /// - Parameters:
    ///   - path: The hashes of ``consistencyPath(from:to:leafHashes:)``.
    ///   - older: Number of leaves of the older tree.
    ///   - newer: Number of leaves of the newer tree.
    ///   - olderRoot: The older tree's root, from a source that is trusted.
    ///   - newerRoot: The newer tree's root, likewise.
    public static func verifyConsistency(
        path: [SHA256Digest], from older: Int64, to newer: Int64, olderRoot: SHA256Digest,
        newerRoot: SHA256Digest
    ) -> Bool {
        guard older >= 0, older <= newer else { return false }
        if older == newer { return path.isEmpty && olderRoot == newerRoot }
        if older == 0 { return path.isEmpty && olderRoot == emptyRoot }
        if path.isEmpty { return false }
        // A full older tree is a node of the newer one: its root is left out of the path.
        var hashes = (older.nonzeroBitCount == 1 ? [olderRoot] : []) + path
        let first = hashes.removeFirst()
        var climb = Climb(node: older - 1, last: newer - 1)
        climb.skipRightEdges()
        var (olderComputed, newerComputed) = (first, first)
        for hash in hashes {
            guard let side = climb.nextSide() else { return false }
            switch side {
            case .left:
                olderComputed = nodeHash(hash, olderComputed)
                newerComputed = nodeHash(hash, newerComputed)
            case .right: newerComputed = nodeHash(newerComputed, hash)
            }
        }
        return climb.isAtRoot && olderComputed == olderRoot && newerComputed == newerRoot
    }

    /// The way from a node up to the root, level by level: `node` is its number on the level, `last` that of the level's
    /// last one.
    private struct Climb {
        enum Side { case left, right }
        var node: Int64
        var last: Int64

        var isAtRoot: Bool { last == 0 }

        /// On which side the sibling is with which the node is joined next; nil at the root.
        mutating func nextSide() -> Side? {
            guard last > 0 else { return nil }
            var side = Side.right
            if node & 1 == 1 || node == last {
                side = .left
                // The last node of a level without a sibling is its own parent.
                while node & 1 == 0, node != 0 { goUp() }
            }
            goUp()
            return side
        }

        /// Goes up as long as the node is the right one of two.
        mutating func skipRightEdges() {
            while node & 1 == 1 { goUp() }
        }

        private mutating func goUp() {
            node >>= 1
            last >>= 1
        }
    }
}

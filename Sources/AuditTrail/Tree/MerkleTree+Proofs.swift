public import Cryptography

extension MerkleTree {
    /// Most leaves that a proof asks for at once.
    public static let leafPageSize: Int64 = 4_096

    /// The audit path of a leaf (RFC 9162, section 2.1.3.1; PATH of RFC 6962, section 2.1.1): the hashes that lead from
    /// it to the root, the nearest first.
    ///
    /// - Parameters:
    ///   - index: Which leaf, below `size`.
    ///   - size: The number of leaves of the tree.
    ///   - leafHashes: Gives the leaf hashes of a range of at most ``leafPageSize``. Every leaf but the one that is
    ///     proved is asked for once. Memory stays O(log n + page).
    public static func inclusionPath<Failure: Error>(
        of index: Int64, size: Int64,
        leafHashes: (Range<Int64>) throws(Failure) -> [SHA256Digest]
    ) throws(Failure) -> [SHA256Digest] {
        precondition(index >= 0 && index < size, "leaf \(index) of \(size)")
        var siblings: [Range<Int64>] = []
        var span = 0..<size
        while span.upperBound - span.lowerBound > 1 {
            let (left, right) = halves(of: span)
            if left.contains(index) {
                siblings.append(right)
                span = left
            } else {
                siblings.append(left)
                span = right
            }
        }
        return try roots(of: siblings.reversed(), leafHashes)
    }

    /// The consistency path between the tree of the first `older` leaves and that of `newer` (RFC 9162, section 2.1.4.1;
    /// PROOF of RFC 6962, section 2.1.2): the hashes from which both roots can be computed. Empty if one of the trees is
    /// empty or both are the same.
    ///
    /// - Parameters:
    ///   - older: Number of leaves of the older tree, at most `newer`.
    ///   - newer: Number of leaves of the newer tree.
    ///   - leafHashes: As for ``inclusionPath(of:size:leafHashes:)``; every leaf is asked for once at most.
    public static func consistencyPath<Failure: Error>(
        from older: Int64, to newer: Int64,
        leafHashes: (Range<Int64>) throws(Failure) -> [SHA256Digest]
    ) throws(Failure) -> [SHA256Digest] {
        precondition(older >= 0 && older <= newer, "from \(older) to \(newer) leaves")
        guard older > 0, older < newer else { return [] }
        var parts: [Range<Int64>] = []
        var span = 0..<newer
        // Whether the older tree is still the left edge of what is looked at: the verifier knows its root then.
        var isWhole = true
        while span.upperBound != older {
            let (left, right) = halves(of: span)
            if older <= left.upperBound {
                parts.append(right)
                span = left
            } else {
                parts.append(left)
                span = right
                isWhole = false
            }
        }
        if !isWhole { parts.append(span) }
        return try roots(of: parts.reversed(), leafHashes)
    }

    private static func halves(of span: Range<Int64>) -> (left: Range<Int64>, right: Range<Int64>) {
        let middle = span.lowerBound + leftCount(of: span.upperBound - span.lowerBound)
        return (span.lowerBound..<middle, middle..<span.upperBound)
    }

    /// The root of each span, which begins where a subtree does.
    private static func roots<Failure: Error>(
        of spans: [Range<Int64>], _ leafHashes: (Range<Int64>) throws(Failure) -> [SHA256Digest]
    ) throws(Failure) -> [SHA256Digest] {
        var roots: [SHA256Digest] = []
        for span in spans {
            var tree = MerkleTree()
            var start = span.lowerBound
            while start < span.upperBound {
                let page = start..<min(start + leafPageSize, span.upperBound)
                for hash in try leafHashes(page) { tree.append(leafHash: hash) }
                start = page.upperBound
            }
            roots.append(tree.root)
        }
        return roots
    }
}

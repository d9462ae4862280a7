import AuditTrail
import Cryptography

/// The definitions of RFC 6962, section 2.1, word for word: slow, and plain enough to be believed.
enum NaiveTree {
    static func root(_ leaves: ArraySlice<[UInt8]>) -> [UInt8] {
        switch leaves.count {
        case 0: return SHA256.hash([]).bytes
        case 1: return SHA256.hash([0] + leaves[leaves.startIndex]).bytes
        default:
            let (left, right) = split(leaves)
            return SHA256.hash([1] + root(left) + root(right)).bytes
        }
    }

    static func path(_ index: Int, _ leaves: ArraySlice<[UInt8]>) -> [[UInt8]] {
        if leaves.count == 1 { return [] }
        let (left, right) = split(leaves)
        return index < left.count
            ? path(index, left) + [root(right)]
            : path(index - left.count, right) + [root(left)]
    }

    /// On which side the siblings on the way from a leaf to the root are: true for left.
    static func turns(_ index: Int, _ size: Int) -> [Bool] {
        if size == 1 { return [] }
        var left = 1
        while left * 2 < size { left *= 2 }
        return index < left
            ? turns(index, left) + [false] : turns(index - left, size - left) + [true]
    }

    static func proof(_ older: Int, _ leaves: ArraySlice<[UInt8]>) -> [[UInt8]] {
        subproof(older, leaves, isWhole: true)
    }

    private static func subproof(
        _ older: Int, _ leaves: ArraySlice<[UInt8]>, isWhole: Bool
    ) -> [[UInt8]] {
        if older == leaves.count { return isWhole ? [] : [root(leaves)] }
        let (left, right) = split(leaves)
        return older <= left.count
            ? subproof(older, left, isWhole: isWhole) + [root(right)]
            : subproof(older - left.count, right, isWhole: false) + [root(left)]
    }

    private static func split(
        _ leaves: ArraySlice<[UInt8]>
    ) -> (ArraySlice<[UInt8]>, ArraySlice<[UInt8]>) {
        var count = 1
        while count * 2 < leaves.count { count *= 2 }
        return (leaves.prefix(count), leaves.dropFirst(count))
    }
}

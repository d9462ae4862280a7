internal import Foundation

/// Which file stands at an `ipc://` address; two are equal if they are one file.
struct SocketFile: Sendable, Equatable {
    private let device: UInt64
    private let inode: UInt64
    private let madeAt: Int64

    /// Nil if the address is none of a file, or there is no file.
    init?(of address: String) {
        let scheme = "ipc://"
        guard address.hasPrefix(scheme) else { return nil }
        var found = stat()
        guard stat(String(address.dropFirst(scheme.count)), &found) == 0 else { return nil }
        device = UInt64(found.st_dev)
        inode = UInt64(found.st_ino)
        // An inode's number is given again at once.
        madeAt = Int64(found.st_ctim.tv_sec) &* 1_000_000_000 &+ Int64(found.st_ctim.tv_nsec)
    }
}

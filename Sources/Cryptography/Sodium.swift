internal import CSodium

/// libsodium is initialised once a process, before its first use.
enum Sodium {
    static let ready: Void = {
        precondition(sodium_init() >= 0, "libsodium could not be initialised")
    }()
}

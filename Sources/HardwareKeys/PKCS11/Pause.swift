internal import Glibc

/// Lets up to 50 ms pass, a different time in each process.
func pauseAtRandom() {
    usleep(UInt32.random(in: 1_000...50_000))
}

/// Hides lengths in steps: up to 4 KiB the powers of two from 256 on; above, eighths of the power of two below, at most
/// 12.5 % more.
enum Padding {
    static let smallest = 256

    /// The step that `count` bytes are filled up to.
    static func step(of count: Int) -> Int {
        var power = smallest
        while power < count, power < 4_096 { power *= 2 }
        if count <= power { return power }
        while power * 2 < count { power *= 2 }
        let eighth = power / 8
        return (count + eighth - 1) / eighth * eighth
    }
}

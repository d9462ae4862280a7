internal import CLinearAlgebra
internal import Glibc

/// The BLAS that the loader found: reference BLAS or OpenBLAS, as Debian's alternatives have it.
enum NumericLibrary {
    /// Looks a function up that only some BLAS libraries have.
    static func symbol<Function>(_ name: String, as type: Function.Type) -> Function? {
        guard let address = dlsym(nil, name) else { return nil }
        return unsafeBitCast(address, to: type)
    }

    /// One thread, from before the first product on: sums in one order, and no waiting for other
    /// threads.
    private static let singleThreaded: Void = {
        symbol("openblas_set_num_threads", as: (@convention(c) (Int32) -> Void).self)?(1)
    }()

    @inline(__always) static func prepare() { singleThreaded }

    /// A C string returned by a function without arguments.
    static func text(from name: String) -> String? {
        symbol(name, as: (@convention(c) () -> UnsafePointer<CChar>?).self)?()
            .map { String(cString: $0) }
    }
}

/// What the low bits of a score depend on besides the log and the model: BLAS and the core it
/// dispatches to, the C library's mathematics, the processor's vector units. Equal fingerprints:
/// equal bits.
public enum NumericFingerprint {
    /// One stable line, such as
    /// `blas=OpenBLAS 0.3.21 core=Haswell threads=1 libm=glibc 2.36 cpu=x86_64 avx avx2 fma`.
    public static let current: String = {
        NumericLibrary.prepare()
        let libm = String(cString: gnu_get_libc_version())
        return "blas=\(blas) threads=1 libm=glibc \(libm) cpu=\(architecture)"
            + processorFeatures.map { " " + $0 }.joined()
    }()

    /// Environment variables that must be set before a process starts for its products to be
    /// computed by the same kernels on every processor that has them.
    public static let environment: [(name: String, value: String)] = [
        ("OPENBLAS_CORETYPE", "Haswell"), ("OPENBLAS_NUM_THREADS", "1"),
    ]

    private static var blas: String {
        guard let config = NumericLibrary.text(from: "openblas_get_config") else {
            return "reference core=generic"
        }
        let version = config.split(separator: " ").prefix(2).joined(separator: " ")
        let core = NumericLibrary.text(from: "openblas_get_corename") ?? "unknown"
        return "\(version) core=\(core)"
    }

    private static var architecture: String {
        var name = utsname()
        guard uname(&name) == 0 else { return "unknown" }
        return withUnsafeBytes(of: &name.machine) { bytes in
            String(decoding: bytes.prefix { $0 != 0 }, as: UTF8.self)
        }
    }

    /// The features that libm and BLAS choose code by, in a fixed order.
    private static var processorFeatures: [String] {
        let relevant = ["sse4_2", "avx", "avx2", "fma", "fma4", "avx512f", "asimd", "sve"]
        guard let file = fopen("/proc/cpuinfo", "r") else { return [] }
        defer { fclose(file) }
        var line = [CChar](repeating: 0, count: 8_192)
        while fgets(&line, Int32(line.count), file) != nil {
            let text = String(
                decoding: line.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
            guard text.hasPrefix("flags") || text.hasPrefix("Features") else { continue }
            let words = Set(text.split { $0 == " " || $0 == "\t" || $0 == "\n" })
            return relevant.filter { words.contains(Substring($0)) }
        }
        return []
    }
}

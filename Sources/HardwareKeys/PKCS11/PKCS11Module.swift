internal import CPKCS11
internal import Glibc
internal import Synchronization

/// A PKCS #11 module (v2.40) as this process has loaded it. It is loaded and initialised once and stays until the
/// process ends: another part of the process may use it as well, which unloading would break.
final class PKCS11Module: Sendable {
    /// File it was loaded from.
    let path: String
    // Points into the module, which is never unloaded and never changes it.
    nonisolated(unsafe) private let functions: UnsafePointer<ck_function_list>

    private static let loaded = Mutex<[String: PKCS11Module]>([:])

    /// The module of a file, loaded now unless it was before.
    static func load(_ path: String) throws(HardwareKeyError) -> PKCS11Module {
        try loaded.withLock { (loaded) throws(HardwareKeyError) in
            if let module = loaded[path] { return module }
            let module = try PKCS11Module(loading: path)
            loaded[path] = module
            return module
        }
    }

    private init(loading path: String) throws(HardwareKeyError) {
        self.path = path
        guard path.hasPrefix("/") else {
            throw .module(path, "is not named by an absolute path")
        }
        guard let library = dlopen(path, RTLD_NOW | RTLD_LOCAL) else {
            throw .module(
                path, "cannot be loaded: \(dlerror().map { String(cString: $0) } ?? "no reason")")
        }
        guard let symbol = dlsym(library, "C_GetFunctionList") else {
            throw .module(path, "has no C_GetFunctionList")
        }
        typealias GetFunctionList =
            @convention(c) (
                UnsafeMutablePointer<UnsafeMutablePointer<ck_function_list>?>?
            ) -> ck_rv_t
        var list: UnsafeMutablePointer<ck_function_list>?
        let code = unsafeBitCast(symbol, to: GetFunctionList.self)(&list)
        guard code == CKR_OK, let list else {
            throw .module(path, "gave no functions: \(ReturnCode(number: code))")
        }
        guard list.pointee.version.major == 2 else {
            throw .module(path, "is of version \(list.pointee.version.major), not 2.x")
        }
        functions = UnsafePointer(list)
        try initialize()
    }

    /// Initialises the module for calls from any thread. Another library of this process may have done so.
    private func initialize() throws(HardwareKeyError) {
        var arguments = ck_c_initialize_args()
        arguments.flags = CKF_OS_LOCKING_OK
        let code = functions.pointee.C_Initialize?(&arguments) ?? CKR_FUNCTION_NOT_SUPPORTED
        guard code == CKR_OK || code == CKR_CRYPTOKI_ALREADY_INITIALIZED else {
            throw .module(path, "cannot be initialised: \(ReturnCode(number: code))")
        }
    }

    /// Calls one function; nil stands for a function that the module has not.
    func call(
        _ name: String, at token: String, _ body: (ck_function_list) -> ck_rv_t?
    ) throws(HardwareKeyError) {
        let code = ReturnCode(number: body(functions.pointee) ?? CKR_FUNCTION_NOT_SUPPORTED)
        guard code.number == CKR_OK else { throw .refused(name, code, at: token) }
    }
}

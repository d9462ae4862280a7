internal import Foundation

/// The bearer key that a wallet makes at its first start.
public enum OperatorKey {
    /// The key in a home's file of keys. Throws if there is no such file, or no such key in it.
    public static func read(_ home: Home) throws(OperationError) -> String {
        guard let text = try? String(contentsOfFile: home.keysPath, encoding: .utf8) else {
            throw OperationError("there are no keys at \(home.keysPath): start the wallet first")
        }
        for line in text.split(separator: "\n") where line.hasPrefix("operator ") {
            return line.dropFirst("operator ".count).trimmingCharacters(in: .whitespaces)
        }
        throw OperationError("\(home.keysPath) has no key named operator")
    }
}

internal import Outbound

extension DeliveryAnswer {
    /// What it means that a provider could not be asked.
    init(_ error: OutboundError) {
        self =
            error.isTransient
            ? .later(code: error.kind.rawValue) : .refused(code: error.kind.rawValue)
    }

    /// What a status means that the protocol in question says nothing more exact of (RFC 9110, section 15).
    init(status answer: WebAnswer) {
        switch answer.status {
        case 200..<300: self = .delivered
        case 408, 425, 429, 500...599:
            self = .later(code: "status_\(answer.status)", afterSeconds: answer.retryAfterSeconds)
        default: self = .refused(code: "status_\(answer.status)")
        }
    }

    /// A provider's own word for what is wrong, such as `BadDeviceToken`, as a code: in small letters, with underscores.
    static func code(_ word: String) -> String {
        var code = ""
        var isAfterSmall = false
        for scalar in word.unicodeScalars.prefix(64) {
            switch scalar.value {
            case 0x41...0x5a:
                if isAfterSmall { code.append("_") }
                code.unicodeScalars.append(Unicode.Scalar(UInt8(scalar.value + 0x20)))
                isAfterSmall = false
            case 0x61...0x7a, 0x30...0x39:
                code.unicodeScalars.append(scalar)
                isAfterSmall = true
            case 0x5f:
                code.append("_")
                isAfterSmall = false
            default: isAfterSmall = true
            }
        }
        return code.isEmpty ? "unknown" : code
    }
}

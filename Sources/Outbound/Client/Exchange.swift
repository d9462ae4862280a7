internal import CCurl
internal import Glibc
internal import Synchronization

/// What libcurl's callbacks read and write during one exchange; of one thread alone.
final class Exchange {
    private let rules: OutboundRules
    private let stopping: Stopping
    private var upload: ArraySlice<UInt8>
    private(set) var body: [UInt8] = []
    private(set) var fields: [String: String] = [:]
    private var fieldBytes = 0
    /// Whether the answer was cut off.
    private(set) var isTooLong = false
    /// Whether an address was refused.
    private(set) var hasRefusedAddress = false

    init(_ rules: OutboundRules, _ stopping: Stopping, upload: [UInt8] = []) {
        self.rules = rules
        self.stopping = stopping
        self.upload = upload[...]
    }

    /// Has `handle` call back to this exchange; it must outlive what the handle does.
    func attach(to handle: UnsafeMutableRawPointer) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        curl_set_bytes(handle, CURLOPT_WRITEFUNCTION) { bytes, size, count, context in
            Exchange.from(context).receive(bytes, size * count)
        }
        curl_set_pointer(handle, CURLOPT_WRITEDATA, context)
        curl_set_bytes(handle, CURLOPT_HEADERFUNCTION) { bytes, size, count, context in
            Exchange.from(context).receiveField(bytes, size * count)
        }
        curl_set_pointer(handle, CURLOPT_HEADERDATA, context)
        curl_set_source(handle) { place, size, count, context in
            Exchange.from(context).supply(place, size * count)
        }
        curl_set_pointer(handle, CURLOPT_READDATA, context)
        curl_set_open_socket(handle) { context, _, address in
            Exchange.from(context).open(address)
        }
        curl_set_pointer(handle, CURLOPT_OPENSOCKETDATA, context)
        curl_set_progress(handle) { context, _, _, _, _ in
            Exchange.from(context).stopping.isStopping ? 1 : 0
        }
        curl_set_pointer(handle, CURLOPT_XFERINFODATA, context)
        curl_set_long(handle, CURLOPT_NOPROGRESS, 0)
    }

    private static func from(_ context: UnsafeMutableRawPointer?) -> Exchange {
        guard let context else { preconditionFailure("libcurl lost the exchange it was given") }
        return Unmanaged<Exchange>.fromOpaque(context).takeUnretainedValue()
    }

    private func receive(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        guard body.count + count <= rules.answerBytes else {
            isTooLong = true
            return 0
        }
        body.append(contentsOf: UnsafeRawBufferPointer(start: bytes, count: count))
        return count
    }

    private func receiveField(_ bytes: UnsafeMutablePointer<CChar>?, _ count: Int) -> Int {
        fieldBytes += count
        guard fieldBytes <= 64 * 1_024 else {
            isTooLong = true
            return 0
        }
        let line = UnsafeRawBufferPointer(start: bytes, count: count)
        // A status line begins an answer, also one behind a provisional answer.
        if line.starts(with: "HTTP/".utf8) { fields = [:] }
        guard let colon = line.firstIndex(of: UInt8(ascii: ":")) else { return count }
        let name = String(decoding: line[..<colon], as: UTF8.self).lowercased()
        let value = line[(colon + 1)...].drop { $0 == 0x20 || $0 == 0x09 }
        var end = value.endIndex
        while end > value.startIndex, value[end - 1] <= 0x20 { end -= 1 }
        fields[name] = String(decoding: value[..<end], as: UTF8.self)
        return count
    }

    private func supply(_ place: UnsafeMutablePointer<CChar>?, _ room: Int) -> Int {
        let part = upload.prefix(room)
        UnsafeMutableRawBufferPointer(start: place, count: room).copyBytes(from: part)
        upload = upload.dropFirst(part.count)
        return part.count
    }

    /// A socket for an address, unless the rules forbid it. What a name leads to is known here and no earlier: a check
    /// before the connection could be told another address than the connection.
    private func open(_ address: UnsafeMutablePointer<curl_sockaddr>?) -> curl_socket_t {
        guard let address, let offset = MemoryLayout<curl_sockaddr>.offset(of: \.addr) else {
            return -1
        }
        // Where the bytes of an address are in sockaddr_in and sockaddr_in6.
        let place = UnsafeRawPointer(address) + offset
        let bytes: [UInt8]
        switch address.pointee.family {
        case AF_INET: bytes = Array(UnsafeRawBufferPointer(start: place + 4, count: 4))
        case AF_INET6: bytes = Array(UnsafeRawBufferPointer(start: place + 8, count: 16))
        default: bytes = []
        }
        guard let peer = NetworkAddress(bytes: bytes),
            peer.isPublic || rules.allowsPrivateAddresses
        else {
            hasRefusedAddress = true
            return -1
        }
        return socket(
            address.pointee.family, address.pointee.socktype | Int32(SOCK_CLOEXEC.rawValue),
            address.pointee.protocol)
    }
}

/// Whether a client is being stopped.
final class Stopping: Sendable {
    private let flag = Atomic<Bool>(false)
    var isStopping: Bool { flag.load(ordering: .relaxed) }
    func stop() { flag.store(true, ordering: .relaxed) }
}

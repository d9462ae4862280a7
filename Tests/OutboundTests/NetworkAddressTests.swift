import Glibc
import Testing

@testable import Outbound

@Suite struct NetworkAddressTests {
    private func address(_ text: String) throws -> NetworkAddress {
        let isLong = text.contains(":")
        var bytes = [UInt8](repeating: 0, count: isLong ? 16 : 4)
        try #require(inet_pton(isLong ? AF_INET6 : AF_INET, text, &bytes) == 1)
        return try #require(NetworkAddress(bytes: bytes))
    }

    @Test(arguments: [
        "0.0.0.0", "10.0.0.1", "10.255.255.255", "100.64.0.1", "100.127.255.255", "127.0.0.1",
        "127.255.0.9", "169.254.169.254", "172.16.0.1", "172.31.255.255", "192.0.0.8",
        "192.0.2.1", "192.168.1.1", "198.18.0.1", "198.19.255.255", "198.51.100.7", "203.0.113.9",
        "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255", "::", "::1", "fe80::1",
        "fc00::1", "fd12:3456::1", "ff02::1", "2001:db8::1", "2001::1", "2002:7f00:1::",
        "::ffff:127.0.0.1", "::ffff:10.1.2.3", "64:ff9b::7f00:1", "64:ff9b:1::1", "100::1",
        "3fff::1", "::127.0.0.1",
    ])
    func `what is not of the public internet is known`(_ text: String) throws {
        #expect(try !address(text).isPublic)
    }

    @Test(arguments: [
        "1.1.1.1", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "128.0.0.1",
        "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.167.255.255", "192.169.0.0",
        "198.17.255.255", "198.20.0.0", "223.255.255.255", "2606:4700::1111", "2a00:1450::1",
        "2001:4860:4860::8888", "::ffff:8.8.8.8", "64:ff9b::808:808",
    ])
    func `what is of the public internet is too`(_ text: String) throws {
        #expect(try address(text).isPublic)
    }

    @Test func `an address has 4 or 16 bytes`() {
        for count in [0, 3, 5, 15, 17] {
            #expect(NetworkAddress(bytes: [UInt8](repeating: 1, count: count)) == nil)
        }
    }
}

import Cryptography
import Foundation
import Testing
import Vault

@testable import HardwareKeys

/// How configurations name a master key.
@Suite struct MasterKeySourceTests {
    @Test func `files and variables are named shortly`() throws {
        #expect(try MasterKeySource("file:/run/key") == .memory(.file("/run/key")))
        #expect(try MasterKeySource("file:///run/key") == .memory(.file("/run/key")))
        #expect(try MasterKeySource("env:MASTER_KEY2") == .memory(.environment("MASTER_KEY2")))
    }

    @Test(arguments: [
        "", "file:", "file:key", "file://host/key", "env:", "env:1A", "env:A-B", "env:A B",
        "FILE:/run/key", "keychain:x", "00112233445566778899aabbccddeeff",
    ])
    func `other texts are refused and not repeated`(text: String) throws {
        let error = #expect(throws: HardwareKeyError.self) { try MasterKeySource(text) }
        #expect(error?.isMalformedSource == true)
        #expect(
            error?.description
                == "this names no master key: file:/PATH, env:NAME or pkcs11:… is needed")
    }

    private static let tail = "?module-path=/m.so&pin-source=file:/pin"

    @Test func `a URI's values are decoded`() throws {
        let source = try MasterKeySource(
            "pkcs11:token=Software%20PKCS%2311%20t%C3%B6ken;serial=0a:1;manufacturer=Snake%20Oil,%20Inc.;"
                + "model=x;type=secret-key;id=%01%Ba%dd%00;object=a&b=c"
                + "?pin-source=env:PIN&module-path=/usr/lib%2fm.so")
        var wanted = PKCS11URI(
            modulePath: "/usr/lib/m.so", token: "Software PKCS#11 töken", object: "a&b=c",
            id: [1, 0xba, 0xdd, 0], pin: .environment("PIN"))
        wanted.serial = "0a:1"
        wanted.manufacturer = "Snake Oil, Inc."
        wanted.model = "x"
        #expect(source == .hardware(wanted))
        let short = try PKCS11URI("PKCS11:token=:[]@!$'()*+,=&;object=o" + Self.tail)
        #expect(short.token == ":[]@!$'()*+,=&" && short.id == nil)
        #expect(short.pin == .file("/pin"))
    }

    @Test(arguments: [
        ("token=t;object=o?module-path=/m.so&pin-source=env:P&pin-value=1234", "pin-value would"),
        ("token=t;object=o?module-path=/m.so", "pin-source="),
        ("token=t;object=o?module-path=/m.so&pin-source=|cat%20/pin", "pin-source="),
        ("token=t;object=o?pin-source=env:P", "module-path="),
        ("token=t;object=o?module-path=m.so&pin-source=env:P", "module-path="),
        ("object=o" + tail, "token="), ("token=;object=o" + tail, "token="),
        ("token=t" + tail, "object="), ("token=t;id=" + tail, "object="),
        ("token=t;object=" + tail, "object="),
        ("token=t;token=t;object=o" + tail, "token is there twice"),
        ("token=t;object=o;type=private" + tail, "type can only be"),
        ("token=t;object=o;slot-id=3" + tail, "the attribute slot-id"),
        ("token=t;object=o;x-mine=3" + tail, "the attribute x-mine"),
        ("token=t;object=o" + tail + "&module-name=m", "the attribute module-name"),
        ("token=t;;object=o" + tail, "between two ;"), ("token=t;object" + tail, "between two ;"),
        ("token=t;object=o;" + tail, "between two ;"), ("token=t;=o" + tail, "between two ;"),
        ("token=t;object=o" + tail + "&", "between two &"),
        ("token=%;object=o" + tail, "token must"),
        ("token=%4;object=o" + tail, "token must"), ("token=%4g;object=o" + tail, "token must"),
        ("token=a b;object=o" + tail, "token must"), ("token=a/b;object=o" + tail, "token must"),
        ("token=ö;object=o" + tail, "token must"), ("token=%ff;object=o" + tail, "not UTF-8"),
        ("token=a%00;object=o" + tail, "not UTF-8"), ("", "token="),
    ])
    func `URIs that cannot be right are refused with the reason`(text: String, why: String) throws {
        let error = #expect(throws: HardwareKeyError.self) { try MasterKeySource("pkcs11:" + text) }
        #expect(error?.isMalformedSource == true)
        #expect(error?.description.contains(why) == true, "\(error as Any)")
        #expect(error?.description.contains("1234") == false)
    }

    @Test func `keys in memory are read from files and variables`() throws {
        let bytes = randomBytes(32)
        let digits = Hexadecimal.encode(bytes)
        let id = try MasterKey(bytes: bytes).id
        let file = try SoftToken.file("hex", digits + "\n")
        #expect(try MasterKeySource("file:\(file)").open().id == id)
        let raw = try SoftToken.file("raw", String(repeating: "k", count: 32), permissions: 0o440)
        let rawID = try MasterKey(bytes: [UInt8](repeating: 0x6b, count: 32)).id
        #expect(try MasterKeySource("file:\(raw)").open().id == rawID)
        setenv("HOLDFAST_TEST_KEY", digits, 1)
        #expect(try MasterKeySource("env:HOLDFAST_TEST_KEY").open().id == id)
    }

    @Test func `places without a key, or open to others, say why`() throws {
        let digits = String(repeating: "ab", count: 32)
        let open = try SoftToken.file("open", digits, permissions: 0o644)
        let shared = try SoftToken.file("shared", digits, permissions: 0o620)
        let short = try SoftToken.file("short", String(digits.dropLast()))
        setenv("HOLDFAST_SHORT_KEY", "abab", 1)
        for (text, why) in [
            ("file:\(open)", "can be read by anyone"), ("file:\(shared)", "written by others"),
            ("file:\(short)", "64 hexadecimal digits"), ("file:/no/such", "No such file"),
            ("file:/tmp", "is no file"), ("env:HOLDFAST_UNSET_KEY", "is not set"),
            ("env:HOLDFAST_SHORT_KEY", "64 hexadecimal digits"),
        ] {
            let error = #expect(throws: HardwareKeyError.self) { try MasterKeySource(text).open() }
            #expect(error?.description.contains(why) == true, "\(error as Any)")
            #expect(error?.description.contains("abab") == false)
        }
    }

    @Test func `a token's key is opened by its URI`() throws {
        setenv("HOLDFAST_TEST_PIN", SoftToken.shared.pin, 1)
        let source = try MasterKeySource(
            "pkcs11:token=Holdfast%3B%20100%25%20test;object=by%20URI"
                + "?module-path=\(SoftToken.module)&pin-source=env:HOLDFAST_TEST_PIN")
        _ = try SoftToken.file("any", "")
        let missing = #expect(throws: HardwareKeyError.self) { try source.open() }
        #expect(missing?.isMissingKey == true)
        let key = try source.open(ifMissing: .generate)
        #expect(try source.open().id == key.id)
        #expect(try source.open().unwrap(key.wrap([1, 2], context: []), context: []) == [1, 2])
    }
}

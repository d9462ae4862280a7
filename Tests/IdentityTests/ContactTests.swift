import Testing

@testable import Identity

@Suite struct ContactTests {
    @Test(arguments: [
        ("ann@example.org", "ann@example.org"), ("Ann.Lee+x@Example.ORG", "ann.lee+x@example.org"),
        ("o'neill@a-b.co", "o'neill@a-b.co"),
    ])
    func `an address is kept in lower case`(_ text: String, _ expected: String) {
        #expect(ContactPoint(email: text)?.text == expected)
    }

    @Test(arguments: [
        "", "ann", "@example.org", "ann@", "ann@example", "a@b@example.org", ".ann@example.org",
        "ann.@example.org", "a..b@example.org", "ann@-x.org", "ann@x-.org", "ann@ex ample.org",
        "ann@.org", "\"a b\"@example.org", "ann@example.org\n", "änn@example.org",
        String(repeating: "a", count: 65) + "@example.org",
    ])
    func `what is no address is refused`(_ text: String) {
        #expect(ContactPoint(email: text) == nil)
    }

    @Test(arguments: [
        ("+49 30 901820", "+4930901820"), ("0049-30-901820", "+4930901820"),
        ("+1 (415) 555.0100", "+14155550100"),
    ])
    func `a number is kept after E.164`(_ text: String, _ expected: String) {
        #expect(ContactPoint(phone: text)?.text == expected)
    }

    @Test(arguments: [
        "", "+", "030901820", "+0301234567", "+123456", "+1234567890123456", "+49x1234567",
    ])
    func `what is no number is refused`(_ text: String) {
        #expect(ContactPoint(phone: text) == nil)
    }

    @Test func `a masked contact does not give itself away`() throws {
        #expect(try #require(ContactPoint("ann@example.org")).masked == "a…@e….org")
        #expect(try #require(ContactPoint("+4930901820")).masked == "+49…20")
    }

    @Test(arguments: [("@Ann_Lee", "ann_lee"), ("bob99", "bob99")])
    func `a handle is told without its case`(_ text: String, _ expected: String) {
        #expect(Handle(text)?.text == expected)
    }

    @Test(arguments: [
        "ab", "1ann", "_ann", "ann_", "a__b", "ann lee", "änn", "holdfast", "@Admin", "me", "a-b-c",
    ])
    func `what is no handle is refused`(_ text: String) { #expect(Handle(text) == nil) }
}

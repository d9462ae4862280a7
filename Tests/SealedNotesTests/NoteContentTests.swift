import Foundation
import Testing

@testable import SealedNotes

/// What is sealed, and how its length is hidden.
@Suite struct NoteContentTests {
    @Test func `lengths are hidden in steps`() {
        for (count, step) in [
            (1, 256), (256, 256), (257, 512), (512, 512), (2_049, 4_096), (4_096, 4_096),
            (4_097, 4_608), (4_608, 4_608), (4_609, 5_120), (8_192, 8_192), (8_193, 9_216),
            (1_048_577, 1_179_648),
        ] { #expect(Padding.step(of: count) == step, "\(count)") }
        for count in 1...40_000 {
            let step = Padding.step(of: count)
            #expect(step >= count && Padding.step(of: step) == step)
            if count > 4_096 { #expect(step * 8 <= count * 9) }
        }
    }

    @Test func `content is the same after padding`() throws {
        let type = try #require(MediaType("Image/svg+XML"))
        #expect(type.description == "image/svg+xml")
        for content: NoteContent in [
            .text(""), .text("Danke für den Fisch 🐟"), .attachment(type, []),
            .attachment(type, [UInt8](repeating: 0, count: 5_000)),
            .text(String(repeating: "x", count: NoteContent.maximumTextBytes)),
            .attachment(
                type, [UInt8](repeating: 7, count: NoteContent.maximumAttachmentBytes)),
        ] {
            let padded = try content.padded()
            #expect(try NoteContent(padded: padded) == content)
            #expect(padded.count <= NoteContent.maximumPadded)
        }
        #expect(
            try NoteContent.text("a").padded().count
                == NoteContent.text("yes, at nine").padded().count)
    }

    @Test func `content that is too long or of no type is refused`() {
        #expect(
            refuses("at most 8192") {
                _ = try NoteContent.text(String(repeating: "ä", count: 4_097)).padded()
            })
        let type = MediaType("a/b")!
        #expect(
            refuses("at most 1048576") {
                _ = try NoteContent.attachment(type, [UInt8](repeating: 0, count: 1_048_577))
                    .padded()
            })
        for text in ["", "text", "text/", "/plain", "a/b/c", "a b/c", "a/b; c=d", "+a/b", "ä/b"] {
            #expect(MediaType(text) == nil)
        }
        #expect(MediaType("a/" + String(repeating: "b", count: 126)) == nil)
    }

    @Test func `bytes that are not a content's one form are refused`() throws {
        let good = try NoteContent.text("hello").padded()
        func with(_ change: (inout [UInt8]) -> Void) -> [UInt8] {
            var bytes = good
            change(&bytes)
            return bytes
        }
        for bytes in [
            [], Array(good.dropLast()), good + [0], good + [UInt8](repeating: 0, count: 256),
            with { $0[0] = 0 }, with { $0[0] = 2 }, with { $0[0] = 3 }, with { $0[1] = 1 },
            with { $0[255] = 1 }, with { $0[5] = 4 }, with { $0[6] = 0xff },
            with { $0[2] = 0xff }, with { $0[4] = 1 },
        ] { #expect(refuses { _ = try NoteContent(padded: bytes) }) }
        // An attachment whose media type is not in its one form.
        var capital = try NoteContent.attachment(MediaType("a/b")!, [1]).padded()
        capital[2] = 0x41
        #expect(refuses("no media type") { _ = try NoteContent(padded: capital) })
    }
}

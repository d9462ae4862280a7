internal import EventLog
internal import Foundation
internal import Identity

/// An e-mail of plain text (RFC 5322; RFC 2045). No text of anybody's gets into its header but encoded.
struct MailMessage {
    let from: MailOrigin
    let to: ContactPoint
    let subject: String
    let body: String
    let date: Timestamp
    /// The left half of its `Message-ID`: the same for a repetition, so that a server or a reader can tell it.
    let id: String

    /// Header and body, in lines of at most 76 characters, each ended by CR LF.
    var bytes: [UInt8] {
        let lines = [
            "From: \(from.header)",
            "To: <\(to.text)>",
            "Subject: \(Self.words(subject))",
            "Date: \(Self.date(date))",
            "Message-ID: <\(id)@\(from.domain)>",
            "Auto-Submitted: auto-generated",
            "MIME-Version: 1.0",
            "Content-Type: text/plain; charset=utf-8",
            "Content-Transfer-Encoding: base64",
            "",
        ]
        let text = body.split(separator: "\n", omittingEmptySubsequences: false)
            .joined(separator: "\r\n")
        let encoded = Data(text.utf8).base64EncodedString(
            options: [.lineLength76Characters, .endLineWithCarriageReturn, .endLineWithLineFeed])
        return Array((lines + [encoded, ""]).joined(separator: "\r\n").utf8)
    }

    /// Text as it may stand in a header: as it is if it is printable ASCII that is not taken for anything else, otherwise
    /// as encoded words (RFC 2047, section 2), which have at most 75 characters each.
    static func words(_ text: String) -> String {
        let isPlain = text.utf8.allSatisfy { (0x20...0x7e).contains($0) }
        let isSafe = isPlain && text.utf8.count <= 66 && !text.contains("=?")
        return isSafe && !text.hasPrefix(" ") ? text : encodedWords(text)
    }

    static func encodedWords(_ text: String) -> String {
        var words: [String] = []
        var part: [UInt8] = []
        func end() {
            if !part.isEmpty { words.append("=?utf-8?B?\(Data(part).base64EncodedString())?=") }
            part = []
        }
        // 45 bytes become 60 characters; a character is not cut in two (section 5).
        for character in text.unicodeScalars {
            let bytes = Array(String(character).utf8)
            if part.count + bytes.count > 45 { end() }
            part += bytes
        }
        end()
        return words.joined(separator: "\r\n ")
    }

    /// RFC 5322, section 3.3.
    static func date(_ moment: Timestamp) -> String {
        let written = WrittenMoment(moment)
        return "\(written.weekday), \(written.date) \(written.time) +0000"
    }
}

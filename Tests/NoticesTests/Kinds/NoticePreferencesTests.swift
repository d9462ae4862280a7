import Testing

@testable import Notices

@Suite struct NoticePreferencesTests {
    @Test func `kinds, channels and their words are told apart and read again`() {
        #expect(Set(NoticeKind.allCases.map(\.word)).count == NoticeKind.allCases.count)
        for kind in NoticeKind.allCases { #expect(NoticeKind(word: kind.word) == kind) }
        for channel in NoticeChannel.allCases {
            #expect(NoticeChannel(word: channel.word) == channel)
            #expect(NoticeChannels(channel).each == [channel])
        }
        #expect(NoticeKind(word: "Payment_received") == nil)
        #expect(NoticeChannels.all.rawValue == 0b111111)
    }

    @Test(arguments: NoticeKind.allCases.filter(\.isSecurity))
    func `of security the list and e-mail cannot be switched off`(_ kind: NoticeKind) {
        var preferences = NoticePreferences()
        preferences.choose([], for: kind)
        #expect(preferences.channels(for: kind) == [.feed, .email])
        preferences.choose(.push, for: kind)
        #expect(preferences.channels(for: kind) == [.feed, .email, .push])
    }

    @Test(arguments: NoticeKind.allCases.filter { !$0.isSecurity && !$0.isForContact })
    func `all else is as the person chose`(_ kind: NoticeKind) {
        var preferences = NoticePreferences()
        #expect(preferences.channels(for: kind) == NoticePreferences.defaults(for: kind))
        #expect(preferences.channels(for: kind).contains(.feed))
        preferences.choose([], for: kind)
        #expect(preferences.channels(for: kind) == [])
        preferences.choose(.text, for: kind)
        #expect(preferences.channels(for: kind) == .text)
    }

    @Test func `nobody is sent text messages unasked, and codes go to no channel of a person's`() {
        for kind in NoticeKind.allCases {
            #expect(!NoticePreferences.defaults(for: kind).contains(NoticeChannels.text))
        }
        var preferences = NoticePreferences()
        preferences.choose(.all, for: .verification)
        #expect(preferences.channels(for: .verification) == [])
    }
}

/// What an application gets of a notice by Web Push.
struct PushPayload: Encodable {
    let id: String
    let kind: String
    let title: String
    let body: String
    let data: [String: String]

    init(_ notice: OutgoingNotice) {
        let text = NoticeText(notice.content)
        id = notice.id.description
        kind = notice.content.kind.word
        title = text.title
        body = text.body
        data = notice.content.namedParameters
    }
}

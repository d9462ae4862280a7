internal import Hummingbird

extension Response {
    /// What was written, as a response of JSON.
    static func json(
        _ writer: JSONWriter, status: HTTPResponse.Status = .ok,
        mediaType: String = "application/json"
    ) -> Response {
        Response(
            status: status, headers: [.contentType: mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: writer.bytes)))
    }

    /// An object whose members the closure writes.
    static func object(
        status: HTTPResponse.Status = .ok, _ members: (inout JSONWriter) -> Void
    ) -> Response {
        var writer = JSONWriter()
        writer.object(members)
        return .json(writer, status: status)
    }
}

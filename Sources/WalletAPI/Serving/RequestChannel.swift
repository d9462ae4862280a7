internal import Hummingbird
internal import HummingbirdCore
internal import Logging
internal import NIOCore
internal import NIOHTTP1
internal import NIOHTTPTypesHTTP1

/// HTTP/1.1 as Hummingbird's server speaks it, but each request handed over whole: payments have small bodies, and what
/// a stream of their parts costs is most of what such a request costs.
struct RequestChannel: ServerChildChannel {
    let responder: APIResponder
    let logger: Logger
    let watch: ConnectionWatch
    let limits: BodyLimits
    let proxies: TrustedProxies

    func setup(channel: any Channel, logger: Logger) -> EventLoopFuture<RequestConnection> {
        channel.eventLoop.makeCompletedFuture {
            let pipeline = channel.pipeline.syncOperations
            // One request at a time, and in good order to the end when the server stops.
            try pipeline.configureHTTPServerPipeline(
                withPipeliningAssistance: true, withErrorHandling: true,
                withOutboundHeaderValidation: false)
            try pipeline.addHandler(HTTP1ToHTTPServerCodec(secure: false))
            let connection = RequestConnection(channel, watch, limits)
            try pipeline.addHandler(connection)
            try pipeline.addHandler(ArrivalHandler(connection), position: .first)
            return connection
        }
    }

    func handle(value connection: RequestConnection, logger: Logger) async {
        let peer = connection.address
        while let arrival = await connection.next() {
            let ends: Bool
            let response: Response
            switch arrival {
            case .request(let request):
                ends = request.headers[.connection]?.lowercased() == "close"
                response = await responder.respond(
                    to: request,
                    context: APIContext(
                        detached: self.logger,
                        address: proxies.client(of: request.headers, from: peer)))
            case .refusal(let problem):
                ends = true
                response = problem.response
            }
            do { try await connection.write(response, ends: ends) } catch {
                self.logger.trace("a response was not written", metadata: ["error": "\(error)"])
                break
            }
            if ends { break }
        }
        connection.close()
    }
}

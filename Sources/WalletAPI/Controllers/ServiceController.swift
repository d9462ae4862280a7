internal import APIDocument
internal import Hummingbird
internal import Wallet

/// What the service says of itself: its measurements and its description.
struct ServiceController {
    let wallet: Wallet
    let metrics: HTTPMetrics

    var routes: APIRoutes {
        APIRoutes()
            .get(.scope(.metricsRead), "metrics", use: measurements)
            .get(.caller, "openapi.json", use: description)
    }

    @Sendable private func measurements(_ request: Request, _ context: APIContext) -> Response {
        var text = PrometheusText()
        text.add(wallet)
        text.add(metrics)
        return Response(
            status: .ok, headers: [.contentType: PrometheusText.mediaType],
            body: ResponseBody(byteBuffer: ByteBuffer(string: text.text)))
    }

    @Sendable private func description(_ request: Request, _ context: APIContext) -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: APIDocument.json)))
    }
}

internal import CCurl

/// One easy handle of libcurl, of one thread: what it connected to stays connected for the next exchange.
struct CurlHandle: ~Copyable {
    private let handle: UnsafeMutableRawPointer
    private let rules: OutboundRules
    private let stopping: Stopping

    /// libcurl is initialised once a process, before its first use.
    private static let ready: Void = {
        precondition(
            curl_global_init(Int(CURL_GLOBAL_DEFAULT)) == CURLE_OK,
            "libcurl could not be initialised")
    }()

    init?(_ rules: OutboundRules, _ stopping: Stopping) {
        Self.ready
        guard let handle = curl_easy_init() else { return nil }
        self.handle = handle
        self.rules = rules
        self.stopping = stopping
    }

    deinit { curl_easy_cleanup(handle) }

    /// Sends a request and waits for the answer. Redirects are answers.
    func send(_ request: WebRequest) throws(OutboundError) -> WebAnswer {
        try request.check()
        let exchange = Exchange(rules, stopping)
        begin(exchange, protocols: rules.allowsPlainText ? "https,http" : "https")
        curl_set_text(handle, CURLOPT_URL, request.url)
        curl_set_long(handle, CURLOPT_FOLLOWLOCATION, 0)
        curl_set_long(handle, CURLOPT_HTTP_VERSION, Int(CURL_HTTP_VERSION_2TLS))
        curl_set_text(handle, CURLOPT_USERAGENT, "holdfast")
        var lines = CurlList()
        for field in request.fields { lines.append("\(field.name): \(field.value)") }
        if request.method == .post {
            curl_set_long(handle, CURLOPT_POST, 1)
            curl_set_offset(
                handle, CURLOPT_POSTFIELDSIZE_LARGE, curl_off_t(request.body.count))
            // Otherwise libcurl would call it a form.
            if !request.fields.contains(where: { $0.name.lowercased() == "content-type" }) {
                lines.append("Content-Type:")
            }
        }
        let status = request.body.withUnsafeBytes { body in
            lines.withList { list in
                curl_set_list(handle, CURLOPT_HTTPHEADER, list)
                if request.method == .post {
                    let empty = UnsafeMutableRawPointer(mutating: body.baseAddress)
                    if let empty {
                        curl_set_pointer(handle, CURLOPT_POSTFIELDS, empty)
                    } else {
                        curl_set_text(handle, CURLOPT_COPYPOSTFIELDS, "")
                    }
                }
                return perform(exchange)
            }
        }
        try check(status, exchange)
        if rules.requiresHTTP2, number(CURLINFO_HTTP_VERSION) != Int(CURL_HTTP_VERSION_2_0) {
            throw OutboundError(.connection, "the service does not speak HTTP/2")
        }
        return WebAnswer(
            status: number(CURLINFO_RESPONSE_CODE), fields: exchange.fields, body: exchange.body)
    }

    /// Submits a message and returns the code of the server's last reply (RFC 5321, section 4.2): 250 if it took it.
    func submit(_ mail: MailSubmission, to server: MailServer) throws(OutboundError) -> Int {
        try mail.check()
        guard server.protection != .none || rules.allowsPlainText else {
            throw OutboundError(.malformed, "this client sends no mail without TLS")
        }
        let exchange = Exchange(rules, stopping, upload: mail.message)
        begin(exchange, protocols: server.protection == .tls ? "smtps" : "smtp")
        curl_set_text(handle, CURLOPT_URL, try server.url())
        if server.protection == .startTLS {
            curl_set_long(handle, CURLOPT_USE_SSL, Int(CURLUSESSL_ALL.rawValue))
        }
        if let credentials = server.credentials {
            curl_set_text(handle, CURLOPT_USERNAME, credentials.name)
            curl_set_text(handle, CURLOPT_PASSWORD, credentials.secret)
        }
        curl_set_text(handle, CURLOPT_MAIL_FROM, "<\(mail.sender)>")
        curl_set_long(handle, CURLOPT_UPLOAD, 1)
        curl_set_offset(handle, CURLOPT_INFILESIZE_LARGE, curl_off_t(mail.message.count))
        var recipients = CurlList()
        recipients.append("<\(mail.recipient)>")
        let status = recipients.withList { list in
            curl_set_list(handle, CURLOPT_MAIL_RCPT, list)
            return perform(exchange)
        }
        let code = number(CURLINFO_RESPONSE_CODE)
        // A refusal ends the exchange with one error or another; which one does not matter beside the code.
        if status != CURLE_OK, code >= 400 { return code }
        try check(status, exchange)
        return 250
    }

    private func begin(_ exchange: Exchange, protocols: String) {
        // Connections stay; all else is forgotten.
        curl_easy_reset(handle)
        exchange.attach(to: handle)
        curl_set_long(handle, CURLOPT_NOSIGNAL, 1)
        curl_set_text(handle, CURLOPT_PROTOCOLS_STR, protocols)
        // A proxy of the environment would connect to what is refused here.
        curl_set_text(handle, CURLOPT_PROXY, "")
        curl_set_long(handle, CURLOPT_CONNECTTIMEOUT_MS, rules.connectMillis)
        curl_set_long(handle, CURLOPT_TIMEOUT_MS, rules.totalMillis)
        curl_set_long(handle, CURLOPT_SSLVERSION, Int(CURL_SSLVERSION_TLSv1_2))
        if let file = rules.trustedCertificates {
            curl_set_text(handle, CURLOPT_CAINFO, file)
        }
    }

    private func perform(_ exchange: Exchange) -> CURLcode {
        withExtendedLifetime(exchange) { curl_easy_perform(handle) }
    }

    private func number(_ info: CURLINFO) -> Int {
        var value = 0
        curl_get_long(handle, info, &value)
        return value
    }

    private func check(_ status: CURLcode, _ exchange: Exchange) throws(OutboundError) {
        if status == CURLE_OK { return }
        let text = curl_easy_strerror(status).map { String(cString: $0) } ?? "an unknown error"
        let kind: OutboundError.Kind =
            switch status {
            case _ where exchange.isTooLong: .tooLong
            case CURLE_ABORTED_BY_CALLBACK: .stopped
            case CURLE_OPERATION_TIMEDOUT: .timeout
            case CURLE_UNSUPPORTED_PROTOCOL, CURLE_URL_MALFORMAT: .malformed
            case CURLE_PEER_FAILED_VERIFICATION, CURLE_SSL_CACERT_BADFILE: .untrusted
            case CURLE_COULDNT_CONNECT where exchange.hasRefusedAddress: .refusedAddress
            default: .connection
            }
        throw OutboundError(kind, text)
    }
}

/// A list of texts as libcurl has them.
private struct CurlList: ~Copyable {
    private var list: UnsafeMutablePointer<curl_slist>?

    mutating func append(_ text: String) {
        guard let longer = curl_slist_append(list, text) else {
            preconditionFailure("out of memory")
        }
        list = longer
    }

    func withList<Value>(_ body: (UnsafeMutablePointer<curl_slist>?) -> Value) -> Value {
        body(list)
    }

    deinit { curl_slist_free_all(list) }
}

internal import EventLog
internal import Wallet

private enum PaymentField: String, CaseIterable { case payer, payee, amount, context }
private enum ContextField: String, CaseIterable {
    case device, instrument, address, place, country
    case merchantCategory = "merchant_category"
    case initiatedAt = "initiated_at"
}
private enum PlaceField: String, CaseIterable { case latitude, longitude }

extension PaymentRequest {
    /// The body of `POST /v1/transfers` and `POST /v1/authorizations`.
    init(_ body: JSONValue) throws(Problem) {
        let object = try JSONObject<PaymentField>(body)
        self.init(
            payer: try object.account(.payer), payee: try object.account(.payee),
            amount: try object.amount(.amount))
        if let json = object.value(.context) {
            context = try Context(json, at: object.path(of: .context))
        }
    }
}

extension PaymentRequest.Context {
    init(_ json: JSONValue, at path: String) throws(Problem) {
        let object = try JSONObject<ContextField>(json, at: path)
        self.init(
            device: try object.optionalString(.device, maximumBytes: 256),
            instrument: try object.optionalString(.instrument, maximumBytes: 256),
            address: try object.optionalString(.address, maximumBytes: 256))
        if let place = object.value(.place) {
            let place = try JSONObject<PlaceField>(place, at: object.path(of: .place))
            latitude = try place.degrees(.latitude, upTo: 90)
            longitude = try place.degrees(.longitude, upTo: 180)
        }
        if let text = try object.optionalString(.merchantCategory, maximumBytes: 256) {
            guard text.utf8.count == 4, text.utf8.allSatisfy({ $0 >= 0x30 && $0 <= 0x39 }) else {
                throw .bad(
                    "invalid_merchant_category",
                    "a merchant category is four digits (ISO 18245), such as 5411",
                    field: object.path(of: .merchantCategory))
            }
            merchantCategory = UInt16(text)
        }
        if let text = try object.optionalString(.country, maximumBytes: 256) {
            guard let code = CountryCode(text) else {
                throw .bad(
                    "invalid_country",
                    "a country is two capital letters (ISO 3166-1 alpha-2), such as DE",
                    field: object.path(of: .country))
            }
            country = code
        }
        if let text = try object.optionalString(.initiatedAt, maximumBytes: 64) {
            guard let moment = Timestamp(request: text) else {
                throw .invalidTime(object.path(of: .initiatedAt))
            }
            initiatedAt = moment
        }
    }
}

extension JSONObject {
    fileprivate func degrees(_ name: Name, upTo bound: Double) throws(Problem) -> Double {
        let degrees = try number(name)
        guard degrees.magnitude <= bound else {
            throw .bad(
                "invalid_coordinates",
                "\(path(of: name)) must be from -\(Int(bound)) to \(Int(bound)) degrees (WGS 84)",
                field: path(of: name))
        }
        return degrees
    }
}

extension Problem {
    static func invalidTime(_ field: String) -> Problem {
        .bad(
            "invalid_time",
            "\(field) must be a time as of RFC 3339, such as 2026-01-31T23:59:59.250000Z",
            field: field)
    }
}

internal import CAPIDocument

/// The description of the API (OpenAPI 3.1).
public enum APIDocument {
    /// The document, in UTF-8.
    public static let json = Array(
        UnsafeBufferPointer(
            start: holdfast_api_document(), count: Int(holdfast_api_document_count())))
}

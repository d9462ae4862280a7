package import Identity

/// A list of what a module holds of a person that may be long: it is read, and given away, a page at a time.
package struct ExportListing: Sendable {
    /// A part of the list.
    package struct Page: Sendable {
        /// What is listed.
        package let values: [ExportValue]
        /// Where the next page begins, in the listing's own words; nil if this is the last one.
        package let next: String?

        package init(_ values: [ExportValue], next: String?) {
            self.values = values
            self.next = next
        }
    }

    /// What its member of an export is called: a word of `a`–`z` and `_`.
    package let name: String
    /// Reads a page: the first one, or that which begins where the one before said.
    package let page: @Sendable (PersonID, String?) async throws(PeopleError) -> Page

    package init(
        _ name: String,
        page: @escaping @Sendable (PersonID, String?) async throws(PeopleError) -> Page
    ) {
        self.name = name
        self.page = page
    }
}

extension Connection {
    /// Runs `body` in a transaction, which is rolled back if it throws.
    ///
    /// - Throws: ``PostgreSQLError``; one whose `isOutcomeUnknown` is true if the connection broke once the transaction was
    ///   to be committed.
    public mutating func transaction<Value>(
        _ body: (inout Connection) throws(PostgreSQLError) -> Value
    ) throws(PostgreSQLError) -> Value {
        try execute("BEGIN")
        let value: Value
        do throws(PostgreSQLError) { value = try body(&self) } catch {
            // A connection that broke has rolled back by itself.
            if !error.isConnectionLost { try execute("ROLLBACK") }
            throw error
        }
        do throws(PostgreSQLError) { try execute("COMMIT") } catch {
            // Whether the server got it, and what it did then, nobody can say.
            throw error.isConnectionLost ? .outcomeUnknown(error.message) : error
        }
        return value
    }
}

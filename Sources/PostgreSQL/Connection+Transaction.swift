extension Connection {
    /// Runs `body` in a transaction, which is rolled back if it throws.
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
        try execute("COMMIT")
        return value
    }
}

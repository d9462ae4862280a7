internal import PostgreSQL

extension PrivateCluster {
    /// The settings that make commits durable, as the server shows them.
    func durability() throws -> [(name: String, value: String)] {
        var connection = try Connection(connection())
        return try ["fsync", "full_page_writes", "synchronous_commit"].map { name in
            let rows = try connection.query(
                Statement("show_\(name)", "SELECT current_setting('\(name)')"))
            return (name, rows.text(0, 0))
        }
    }

    /// Forces a checkpoint, as would come by itself in a longer run.
    func checkpoint() throws {
        var connection = try Connection(connection())
        try connection.execute("CHECKPOINT")
    }
}

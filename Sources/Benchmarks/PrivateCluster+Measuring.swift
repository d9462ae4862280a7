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

    /// Lets checkpoints come by themselves this often, spread over their time as in production; none is due right now.
    func checkpointsEvery(seconds: Int) throws {
        var connection = try Connection(connection())
        try connection.execute("ALTER SYSTEM SET checkpoint_timeout = '\(seconds)s'")
        try connection.execute("SELECT pg_reload_conf()")
        try connection.execute("CHECKPOINT")
    }

    /// How many checkpoints came by themselves since the cluster was made.
    func timedCheckpoints() throws -> Int64 {
        var connection = try Connection(connection())
        return try connection.query(
            Statement("timed_checkpoints", "SELECT checkpoints_timed FROM pg_stat_bgwriter")
        ).int(0, 0)
    }

    /// Forces a checkpoint, as would come by itself in a longer run.
    func checkpoint() throws {
        var connection = try Connection(connection())
        try connection.execute("CHECKPOINT")
    }
}

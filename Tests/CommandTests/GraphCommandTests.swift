import Foundation
import TestProcesses
import Testing

/// Models out as graphs and in again, by the commands of the executable.
@Suite(.serialized) struct GraphCommandTests {
    /// A logistic regression of scikit-learn 1.9.1 on two columns, as skl2onnx 1.20.0 wrote it.
    private static let logistic = """
        CAoSCHNrbDJvbm54GgYxLjIwLjAiB2FpLm9ubngoADIAOrsCCtkBCgFYEgVsYWJlbBINcHJvYmFiaWxpdGllcxoQTGluZWFy
        Q2xhc3NpZmllciIQTGluZWFyQ2xhc3NpZmllcioZChBjbGFzc2xhYmVsc19pbnRzQABAAaABByolCgxjb2VmZmljaWVudHM9
        hWfcvz2Sz7k/PYVn3D89ks+5v6ABBioZCgppbnRlcmNlcHRzPaLRaL49otFoPqABBioSCgttdWx0aV9jbGFzcxgAoAECKh0K
        DnBvc3RfdHJhbnNmb3JtIghMT0dJU1RJQ6ABAzoKYWkub25ueC5tbBIYT05OWChMb2dpc3RpY1JlZ3Jlc3Npb24pWhEKAVgS
        DAoKCAESBgoACgIIAmIRCgVsYWJlbBIICgYIBxICCgBiHQoNcHJvYmFiaWxpdGllcxIMCgoIARIGCgAKAggCQg4KCmFpLm9u
        bngubWwQAUIECgAQFkIECgAQFg==
        """

    private static func write(_ data: Data, _ rig: CommandRig, _ name: String) throws -> String {
        let path = rig.folder + "/" + name
        try data.write(to: URL(fileURLWithPath: path))
        return path
    }

    private static func graph() throws -> Data {
        try #require(Data(base64Encoded: logistic, options: .ignoreUnknownCharacters))
    }

    @Test func `a graph that was imported scores a table's columns, is judged and explained`()
        async throws
    {
        try await CommandRig.run { rig in
            let graph = try Self.write(try Self.graph(), rig, "model.onnx")
            let model = rig.folder + "/imported"
            let told = try await rig.succeed([
                "import", "--onnx", graph, "--out", model, "--names", "speed,age",
            ])
            #expect(told.contains("a logistic regression on 2 inputs"))
            #expect(told.contains("inputs: speed,age"))
            let table = try Self.write(
                Data("age,label,speed\n-1.25,1,0.5\n2,0,3\n0.1,0,-4\n".utf8), rig, "table.csv")
            let out = rig.folder + "/scores.csv"
            try await rig.succeed(["score", model, table, "--columns", "--out", out])
            let scores = try String(contentsOfFile: out, encoding: .utf8).split(separator: "\n")
                .dropFirst().compactMap { $0.split(separator: ",").last.flatMap { Double($0) } }
            // What onnxruntime 1.32.0 makes of the same rows.
            #expect(scores.count == 3)
            for (ours, theirs) in zip(scores, [0.9479884, 0.9234234, 0.0011065]) {
                #expect(abs(ours - theirs) < 1e-6)
            }
            let judged = try await rig.succeed(["evaluate", model, table, "--columns", "--json"])
            #expect(judged.contains("\"rows\""))
            let explained = try await rig.succeed([
                "explain", model, table, "--columns", "--id", "1",
            ])
            #expect(explained.contains("speed"))
            let card = try String(contentsOfFile: model + "/MODEL_CARD.md", encoding: .utf8)
            #expect(card.contains("Fitted elsewhere"))
            let exported = rig.folder + "/again.onnx"
            try await rig.succeed(["export", model, "--onnx", exported])
            let length = try Data(contentsOf: URL(fileURLWithPath: exported)).count
            #expect(length > 500)
        }
    }

    @Test func `what is wrong with a graph is said, and nothing is written`() async throws {
        try await CommandRig.run { rig in
            let graph = try Self.graph()
            let whole = try Self.write(graph, rig, "model.onnx")
            let half = try Self.write(graph.prefix(200), rig, "half.onnx")
            let scorecard = rig.folder + "/scorecard.onnx"
            let exported = try await rig.succeed([
                "export", BuiltExecutable.models + "/default", "--onnx", scorecard,
            ])
            #expect(exported.contains("129 inputs"))
            let model = rig.folder + "/imported"
            for (arguments, text) in [
                (["--onnx", half], "half.onnx is not a whole ONNX model: it is truncated"),
                (["--onnx", rig.folder + "/none"], "none cannot be read: No such file"),
                (["--onnx", scorecard], "scorecard.onnx has operator Where at node standardised"),
                (["--onnx", whole, "--names", "a"], "there are 2, but 1 names"),
                (["--onnx", whole, "--fraud-class", "x"], "x is none of them: 0 and 1"),
                (["--onnx", BuiltExecutable.model], "is not a whole ONNX model"),
            ] {
                let (ending, told) = try await rig.run(["import", "--out", model] + arguments)
                #expect(!ending.isSuccess && told.contains(text), "\(told)")
                #expect(!FileManager.default.fileExists(atPath: model))
            }
            let nowhere = rig.folder + "/none/out.onnx"
            let (ending, told) = try await rig.run([
                "export", BuiltExecutable.model, "--onnx", nowhere,
            ])
            #expect(!ending.isSuccess && told.contains("cannot be written"), "\(told)")
            let before = try FileManager.default.contentsOfDirectory(atPath: rig.folder)
            let taken = try await rig.run(["import", "--onnx", whole, "--out", rig.folder])
            #expect(!taken.ending.isSuccess && taken.text.contains("exists already"))
            #expect(
                try FileManager.default.contentsOfDirectory(atPath: rig.folder) == before)
        }
    }
}

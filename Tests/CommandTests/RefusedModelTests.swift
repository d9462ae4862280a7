import Foundation
import TestProcesses
import Testing

/// A model that cannot be used, by the commands that decide with one.
@Suite(.serialized) struct RefusedModelTests {
    @Test(arguments: ["up", "risk"])
    func `a truncated model is refused by its path before anything is started`(command: String)
        async throws
    {
        try await CommandRig.run { rig in
            let whole = try Data(contentsOf: URL(fileURLWithPath: BuiltExecutable.model))
            let model = rig.folder + "/half.hfm"
            try whole.prefix(whole.count / 2).write(to: URL(fileURLWithPath: model))
            let home = rig.home("home")
            let (ending, text) = try await rig.run([command, "--home", home, "--model", model])
            #expect(!ending.isSuccess)
            #expect(text.contains("model \(model) "), "\(text)")
            if command == "up" { #expect(!FileManager.default.fileExists(atPath: home)) }
        }
    }
}

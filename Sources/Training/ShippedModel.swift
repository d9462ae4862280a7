public import Simulation

/// The model that ships in `Models/default`: how it is made, so that anybody can make it again.
/// With the environment of `NumericFingerprint.environment` its file has the same bytes each time.
public enum ShippedModel {
    /// The simulated history that it is fitted to.
    public static let history = SimulatedHistory.Options(seed: 7, people: 10_000, days: 30)
    /// How it is fitted.
    public static let options = TrainingOptions()

    /// Simulates the history into `table`, fits the model to it and writes model and card to
    /// `directory`. The table is left where it is.
    public static func build(
        table: String, into directory: ModelDirectory,
        progress: (TrainingProgress) -> Void = { _ in }
    ) throws(TrainingError) -> TrainingReport {
        do { _ = try DatasetGenerator.write(history, to: table, progress: progress) } catch {
            throw .output(error)
        }
        let (model, report) = try Trainer.train(table: table, options: options, progress: progress)
        do { try directory.write(model, report) } catch { throw .output(error) }
        return report
    }
}

internal import Foundation
internal import LinearAlgebra
internal import Scoring
internal import Simulation

/// A table of numbers with labels that both sides of a benchmark have in memory.
struct ModelTable: ~Copyable {
    let name: String
    let values: Matrix
    let labels: [Bool]

    /// Independent standard normal values, labels all false.
    static func normal(name: String, rows: Int, columns: Int, seed: UInt64) -> ModelTable {
        var random = SeededRandom(seed: seed)
        let values = Matrix(rows: rows, columns: columns)
        for row in 0..<rows {
            let to = values.row(row)
            for column in 0..<columns { to[column] = random.normal() }
        }
        return ModelTable(
            name: name, values: values, labels: [Bool](repeating: false, count: rows))
    }

    /// Standard normal values, and classes drawn from a logistic model of them: about a quarter of
    /// the rows are frauds.
    static func classes(name: String, rows: Int, columns: Int, seed: UInt64) -> ModelTable {
        let table = normal(name: name, rows: rows, columns: columns, seed: seed)
        var random = SeededRandom(seed: seed, stream: 1)
        let truth = (0..<columns).map { _ in 0.5 * random.normal() }
        let labels = (0..<rows).map { row in
            let from = table.values.row(row)
            let margin = (0..<columns).reduce(-2) { $0 + truth[$1] * from[$1] }
            return random.chance(1 / (1 + exp(-margin)))
        }
        return table.labelled(labels)
    }

    private consuming func labelled(_ labels: [Bool]) -> ModelTable {
        ModelTable(name: name, values: values, labels: labels)
    }

    /// A compressed table, unpacked by the peer and read from what it writes; nil without a peer.
    static func read(
        name: String, path: String, through peer: inout PeerProcess?, _ folder: String
    ) throws -> ModelTable? {
        let out = folder + "/" + name
        guard let answer = try peer?.ask("read", ["name": name, "path": path, "out": out]) else {
            return nil
        }
        guard let rows = answer["rows"] as? Int, let columns = answer["columns"] as? Int else {
            throw BenchmarkError("the peer does not tell the size of \(path)")
        }
        let numbers = try doubles(out, count: rows * columns)
        let labels = try doubles(out + ".label", count: rows)
        let values = Matrix(rows: rows, columns: columns)
        numbers.withUnsafeBufferPointer { numbers in
            guard let numbers = numbers.baseAddress else { return }
            for row in 0..<rows {
                values.row(row).update(from: numbers + row * columns, count: columns)
            }
        }
        return ModelTable(name: name, values: values, labels: labels.map { $0 > 0.5 })
    }

    private static func doubles(_ path: String, count: Int) throws -> [Double] {
        let data = try Data(contentsOf: URL(fileURLWithPath: path))
        guard data.count == count * MemoryLayout<Double>.stride else {
            throw BenchmarkError("\(path) has \(data.count) bytes, not \(count) numbers")
        }
        return data.withUnsafeBytes { bytes in
            (0..<count).map {
                bytes.loadUnaligned(
                    fromByteOffset: $0 * MemoryLayout<Double>.stride, as: Double.self)
            }
        }
    }

    /// Gives the peer, if there is one, the same table.
    func send(to peer: inout PeerProcess?, _ folder: String) throws {
        guard peer != nil else { return }
        let path = folder + "/" + name
        var bytes = Data(capacity: values.rows * values.columns * MemoryLayout<Double>.stride)
        for row in 0..<values.rows {
            bytes.append(
                contentsOf: UnsafeRawBufferPointer(
                    start: values.row(row),
                    count: values.columns * MemoryLayout<Double>.stride))
        }
        try bytes.write(to: URL(fileURLWithPath: path))
        let marks = labels.map { $0 ? 1.0 : 0.0 }
        try marks.withUnsafeBytes { Data($0) }.write(to: URL(fileURLWithPath: path + ".label"))
        _ = try peer?.ask(
            "load",
            [
                "name": name, "path": path, "columns": values.columns,
                "label_path": path + ".label",
            ])
    }

    /// The values behind a column of ones.
    func design() -> Matrix {
        let design = Matrix(rows: values.rows, columns: values.columns + 1)
        for row in 0..<values.rows {
            let to = design.row(row)
            to[0] = 1
            (to + 1).update(from: values.row(row), count: values.columns)
        }
        return design
    }

    /// Scores of all rows, batch after batch.
    func scores(_ scorer: inout ForestScorer, batchRows: Int) -> [Double] {
        var scores = [Double](repeating: 0, count: values.rows)
        scores.withUnsafeMutableBufferPointer { scores in
            guard let scores = scores.baseAddress else { return }
            var start = 0
            while start < values.rows {
                let count = min(batchRows, values.rows - start)
                scorer.score(
                    rows: values.pointer + start * values.stride, count: count,
                    stride: values.stride, into: scores + start)
                start += count
            }
        }
        return scores
    }
}

internal import EventLog
public import Scoring

extension TrainingReport {
    /// What was tried, as a table in Markdown that reads well as it stands, too.
    public var trialTable: String {
        let header = [
            "bins", "penalty", "of pairs", "members", "rounds", "pairs", "average precision",
            "loss",
        ]
        // Bags are judged last.
        let chosen = trials.lastIndex { $0.members == members && $0.rounds == rounds }
        var lines = trials.enumerated().map { place, trial in
            [
                "\(trial.bins)", Self.short(trial.penalty), Self.short(trial.pairPenalty),
                "\(trial.members)", "\(trial.rounds)", "\(trial.pairs)",
                ModelCard.fixed(trial.averagePrecision, 4) + (place == chosen ? " ←" : ""),
                ModelCard.fixed(trial.loss, 5),
            ]
        }
        lines.insert(header, at: 0)
        let widths = header.indices.map { column in lines.map { $0[column].count }.max() ?? 0 }
        func row(_ cells: [String]) -> String {
            "| "
                + zip(cells, widths).map { $0 + String(repeating: " ", count: $1 - $0.count) }
                .joined(separator: " | ") + " |\n"
        }
        let rule = "|" + widths.map { String(repeating: "-", count: $0 + 2) + "|" }.joined() + "\n"
        return row(lines[0]) + rule + lines.dropFirst().map(row).joined()
    }

    /// A small number in three digits, such as 2.31e-05.
    private static func short(_ value: Double) -> String {
        guard value > 0, value.isFinite else { return "0" }
        var (mantissa, exponent) = (value, 0)
        while mantissa >= 9.995 { (mantissa, exponent) = (mantissa / 10, exponent + 1) }
        while mantissa < 0.9995 { (mantissa, exponent) = (mantissa * 10, exponent - 1) }
        return ModelCard.fixed(mantissa, 2) + "e\(exponent)"
    }

    /// Lines for a terminal.
    public var summary: String {
        var text = trials.isEmpty ? "" : trialTable
        if heldOut.rows > 0 {
            text += "held out: \(heldOut.rows) payments, \(heldOut.frauds) of them fraudulent; "
            text += "ROC AUC \(ModelCard.fixed(areaUnderCurve, 4)), average precision "
            text += ModelCard.fixed(averagePrecision, 4) + "\n"
        }
        for alert in alerts {
            text += "\(alert.action) from \(ModelCard.fixed(alert.threshold, 5)) on: "
            text += "\(ModelCard.fixed(alert.share * 100, 2)) % of payments, precision "
            text += "\(ModelCard.fixed(alert.precision * 100, 1)) %, recall "
            text += "\(ModelCard.fixed(alert.recall * 100, 1)) %\n"
        }
        if !constantFeatures.isEmpty {
            text += "constant, hence without weight: \(constantFeatures.joined(separator: ", "))\n"
        }
        if !separatingColumns.isEmpty {
            text += "separate the classes by themselves: "
            text += separatingColumns.joined(separator: ", ") + "\n"
        }
        if isSeparated {
            text += "every fitted row is on its own side: the classes are separated\n"
        }
        if let known = labelsKnownUntil {
            text += "labels known until \(known.rfc3339(decimals: .needed)): it may judge payments "
            text += "from then on\n"
        }
        return text
    }

    /// The report as one JSON object.
    public func json(of model: RiskModel) -> String {
        func part(_ part: Part) -> JSONText {
            .object([("rows", .integer(part.rows)), ("frauds", .integer(part.frauds))])
        }
        func time(_ microseconds: Int64) -> JSONText {
            microseconds < 1_000_000_000_000
                ? .null : .string(Timestamp(microseconds).rfc3339(decimals: .needed))
        }
        let fields: [(String, JSONText)] = [
            ("kind", .string(kind.rawValue)), ("model_sha256", .string("\(model.hash)")),
            ("format_version", .integer(Int(model.formatVersion))),
            ("catalogue_sha256", .hexadecimal(model.catalogueHash)),
            ("data_sha256", .hexadecimal(provenance.dataHash)),
            ("from", time(provenance.from)), ("until", time(provenance.until)),
            ("seed", .string("\(provenance.seed)")), ("fitted", part(fitted)),
            ("held_out", part(heldOut)),
            ("roc_auc", .number(areaUnderCurve)), ("average_precision", .number(averagePrecision)),
            ("forest_roc_auc", .number(forestAreaUnderCurve)),
            (
                "labels_known_until",
                labelsKnownUntil.map { .string($0.rfc3339(decimals: .needed)) } ?? .null
            ),
            ("newton_iterations", .integer(iterations)), ("gradient", .number(gradient)),
            ("pairs", .array(model.pairs.map { .string(model.name(of: $0)) })),
            ("constant_features", .array(constantFeatures.map { .string($0) })),
            ("separating_columns", .array(separatingColumns.map { .string($0) })),
            ("is_separated", .bool(isSeparated)),
            (
                "thresholds",
                .array(
                    alerts.map {
                        .object([
                            ("action", .string($0.action)), ("from", .number($0.threshold)),
                            ("share", .number($0.share)), ("precision", .number($0.precision)),
                            ("recall", .number($0.recall)),
                        ])
                    })
            ),
            (
                "folds",
                .array(
                    folds.map {
                        .object([
                            ("fitted", part($0.fitted)), ("held_out", part($0.heldOut)),
                            ("fitted_from", time($0.fittedTimes.lowerBound)),
                            ("fitted_until", time($0.fittedTimes.upperBound)),
                            ("held_out_from", time($0.heldOutTimes.lowerBound)),
                            ("held_out_until", time($0.heldOutTimes.upperBound)),
                            ("gap_seconds", .number($0.gapSeconds)),
                            ("average_precision", .number($0.averagePrecision)),
                        ])
                    })
            ),
            ("members", .integer(members)), ("chosen_rounds", .integer(rounds)),
            (
                "trials",
                .array(
                    trials.map {
                        .object([
                            ("bins", .integer($0.bins)), ("penalty", .number($0.penalty)),
                            ("pair_penalty", .number($0.pairPenalty)),
                            ("members", .integer($0.members)),
                            ("rounds", .integer($0.rounds)), ("pairs", .integer($0.pairs)),
                            ("average_precision", .number($0.averagePrecision)),
                            ("loss", .number($0.loss)),
                            ("by_fold", .array($0.byFold.map { .number($0) })),
                        ])
                    })
            ),
            (
                "segments",
                .array(
                    held.segments.map {
                        .object([
                            ("name", .string($0.name)), ("rows", .integer($0.rows)),
                            ("frauds", .integer($0.frauds)),
                            ("average_precision", .number($0.averagePrecision)),
                            ("roc_auc", .number($0.areaUnderCurve)),
                        ])
                    })
            ),
            (
                "terms",
                .array(
                    weights.map {
                        .object([
                            ("name", .string($0.name)), ("mean_part", .number($0.weight)),
                        ])
                    })
            ),
        ]
        return JSONText.object(fields).text(indent: 0) + "\n"
    }
}

/// A value that is written as JSON, members in the order they are given.
enum JSONText {
    case null
    case bool(Bool)
    case integer(Int)
    case number(Double)
    case string(String)
    case array([JSONText])
    case object([(String, JSONText)])

    static func hexadecimal(_ bytes: [UInt8]) -> JSONText {
        .string(
            bytes.map { ($0 < 16 ? "0" : "") + String($0, radix: 16) }.joined())
    }

    func text(indent: Int) -> String {
        switch self {
        case .null: return "null"
        case .bool(let value): return value ? "true" : "false"
        case .integer(let value): return "\(value)"
        case .number(let value): return value.isFinite ? "\(value)" : "null"
        case .string(let value): return Self.quoted(value)
        case .array(let values):
            return Self.lines(values.map { $0.text(indent: indent + 1) }, "[", "]", indent)
        case .object(let members):
            return Self.lines(
                members.map { Self.quoted($0.0) + ": " + $0.1.text(indent: indent + 1) }, "{", "}",
                indent)
        }
    }

    private static func lines(
        _ items: [String], _ open: String, _ close: String, _ indent: Int
    ) -> String {
        guard !items.isEmpty else { return open + close }
        let inner = String(repeating: "  ", count: indent + 1)
        return open + "\n" + items.map { inner + $0 }.joined(separator: ",\n") + "\n"
            + String(repeating: "  ", count: indent) + close
    }

    private static func quoted(_ text: String) -> String {
        var result = "\""
        for scalar in text.unicodeScalars {
            switch scalar {
            case "\"": result += "\\\""
            case "\\": result += "\\\\"
            case "\n": result += "\\n"
            default:
                if scalar.value < 0x20 {
                    let digits = String(scalar.value, radix: 16)
                    result += "\\u" + String(repeating: "0", count: 4 - digits.count) + digits
                } else {
                    result.unicodeScalars.append(scalar)
                }
            }
        }
        return result + "\""
    }
}

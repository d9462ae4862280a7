internal import Foundation

/// The figures of a running wallet, drawn again and again in a terminal, or told as plain lines without one.
public struct LiveView: Sendable {
    private let statistics: LoadStatistics
    private let title: String
    private let isTerminal: Bool

    /// A view of `statistics` that is drawn anew on a terminal, and printed as lines elsewhere.
    public init(_ statistics: LoadStatistics, title: String, isTerminal: Bool) {
        self.statistics = statistics
        self.title = title
        self.isTerminal = isTerminal
    }

    /// Whether standard output is a terminal that understands cursor movements.
    public static var standardOutputIsTerminal: Bool {
        isatty(1) == 1 && (ProcessInfo.processInfo.environment["TERM"] ?? "dumb") != "dumb"
    }

    /// Draws until cancelled, and leaves a line that sums up.
    public func run() async {
        isTerminal ? await draw() : await tell()
        print(Self.summary(statistics.figures()))
        fflush(nil)
    }

    private static func summary(_ figures: LoadStatistics.Figures) -> String {
        String(
            format:
                "payments=%d per_second=%.1f posted=%d authorized=%d held=%d challenged=%d declined=%d "
                + "not_evaluated=%d refused=%d failed=%d p50_ms=%.2f p99_ms=%.2f",
            figures.payments, figures.perSecond, figures.posted, figures.authorized, figures.held,
            figures.challenged, figures.declined, figures.notEvaluated, figures.refused,
            figures.failed, figures.p50, figures.p99)
    }

    // MARK: - Plain lines

    private func tell() async {
        var shown = ContinuousClock.now
        var nextSummary = ContinuousClock.now + .seconds(5)
        while !Task.isCancelled {
            try? await Task.sleep(for: .milliseconds(500))
            let figures = statistics.figures()
            for alert in figures.alerts.reversed().filter({ $0.at > shown }).prefix(5) {
                print(
                    "alert action=\(alert.action) amount=\"\(alert.amount)\" reason=\"\(alert.reason)\""
                )
            }
            shown = .now
            if ContinuousClock.now >= nextSummary {
                nextSummary = .now + .seconds(5)
                print(Self.summary(figures))
            }
            fflush(nil)
        }
    }

    // MARK: - A terminal

    private func draw() async {
        // Another screen, so that what was there comes back; no cursor.
        write("\u{1b}[?1049h\u{1b}[?25l")
        defer { write("\u{1b}[?25h\u{1b}[?1049l") }
        while !Task.isCancelled {
            let (columns, rows) = Self.size
            let lines = frame(statistics.figures(), columns: columns, rows: rows)
            write("\u{1b}[H" + lines.map { $0 + "\u{1b}[K" }.joined(separator: "\r\n") + "\u{1b}[J")
            try? await Task.sleep(for: .milliseconds(250))
        }
    }

    private static let dim = "\u{1b}[2m"
    private static let bold = "\u{1b}[1m"
    private static let plain = "\u{1b}[0m"

    /// The lines of one frame, none wider than the terminal.
    func frame(_ figures: LoadStatistics.Figures, columns: Int, rows: Int) -> [String] {
        var lines = [
            " \(Self.bold)Holdfast\(Self.plain)  \(Self.dim)\(clip(title, columns - 12))\(Self.plain)",
            "",
            String(
                format:
                    "  %@%8.1f%@ payments/s    answer time  median %@%.2f ms%@   p99 %@%.2f ms%@",
                Self.bold, figures.perSecond, Self.plain, Self.bold, figures.p50, Self.plain,
                Self.bold,
                figures.p99, Self.plain), "",
        ]
        let total = max(1, figures.payments)
        let counts: [(String, Int, String)] = [
            ("posted", figures.posted, "32"), ("authorized", figures.authorized, "36"),
            ("challenged", figures.challenged, "33"), ("held", figures.held, "35"),
            ("declined", figures.declined, "31"),
        ]
        let width = max(10, min(60, columns - 36))
        for (name, count, color) in counts {
            let share = Double(count) / Double(total)
            let full = count == 0 ? 0 : max(1, Int((share * Double(width)).rounded()))
            lines.append(
                "  \(name.padded(to: 11)) \(String(count).leftPadded(to: 9)) "
                    + String(format: "%6.2f %% ", share * 100)
                    + "\u{1b}[\(color)m" + String(repeating: "█", count: full) + Self.plain)
        }
        lines.append(
            "  \(Self.dim)\(figures.payments) payments, \(figures.notEvaluated) decided without the engine, "
                + "\(figures.refused) refused, \(figures.failed) failed\(Self.plain)")
        lines += ["", "  \(Self.bold)newest alerts\(Self.plain)"]
        for alert in figures.alerts.prefix(max(0, rows - lines.count - 2)) {
            let score = alert.score.map { String(format: "%.3f", $0) } ?? "  –  "
            let text = "\(alert.amount.leftPadded(to: 14))  \(score)  \(alert.reason)"
            lines.append(
                "  \u{1b}[\(Self.color(of: alert.action))m\(alert.action.padded(to: 13))\(Self.plain)"
                    + clip(text, columns - 16))
        }
        lines += ["", "  \(Self.dim)Ctrl-C stops everything\(Self.plain)"]
        return Array(lines.prefix(rows))
    }

    private static func color(of action: String) -> String {
        switch action {
        case "challenge": "33"
        case "hold": "35"
        case "decline": "31"
        default: "37"
        }
    }

    private func clip(_ text: String, _ width: Int) -> String {
        text.count <= width ? text : String(text.prefix(max(0, width - 1))) + "…"
    }

    private static var size: (columns: Int, rows: Int) {
        var window = winsize()
        guard ioctl(1, UInt(TIOCGWINSZ), &window) == 0, window.ws_col > 0 else { return (80, 24) }
        return (Int(window.ws_col), Int(window.ws_row))
    }

    private func write(_ text: String) {
        StandardStream.output.write(text)
    }
}

extension String {
    func padded(to width: Int) -> String {
        self + String(repeating: " ", count: max(0, width - count))
    }
    func leftPadded(to width: Int) -> String {
        String(repeating: " ", count: max(0, width - count)) + self
    }
}

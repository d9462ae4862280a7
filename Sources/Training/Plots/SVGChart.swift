/// A chart of lines, points and bars on two linear axes, drawn as a Scalable Vector Graphics file.
struct SVGChart {
    /// Something drawn in the units of the axes.
    enum Mark {
        case line([(x: Double, y: Double)], colour: String, isDashed: Bool)
        case points([(x: Double, y: Double)], colour: String)
        /// Bars from 0, `width` wide, beginning at each x.
        case bars([(x: Double, y: Double)], width: Double, colour: String)
    }

    static let blue = "#2563a8"
    static let red = "#c0392b"
    static let grey = "#8a8f98"

    let title: String
    let xLabel: String
    let yLabel: String
    var xRange = 0.0...1.0
    var yRange = 0.0...1.0
    /// Colour and meaning of what is drawn.
    var legend: [(colour: String, text: String)] = []
    var marks: [Mark] = []
    /// Decimals of the numbers at the axes.
    var decimals = (x: 1, y: 1)

    private static let size = (width: 560.0, height: 420.0)
    private static let frame = (left: 70.0, right: 20.0, top: 40.0, bottom: 56.0)
    private static let ticks = 5

    /// The file's text.
    var text: String {
        var svg = Self.header(Self.size.width, Self.size.height, title)
        svg += axes
        for mark in marks { svg += draw(mark) }
        for (place, entry) in legend.enumerated() {
            let y = Self.frame.top + 14 + Double(place) * 18
            let x = Self.size.width - Self.frame.right - 190
            svg += "<rect x=\"\(Self.number(x))\" y=\"\(Self.number(y - 9))\" width=\"12\" "
            svg += "height=\"10\" fill=\"\(entry.colour)\"/>\n"
            svg += Self.label(entry.text, x + 18, y, anchor: "start")
        }
        return svg + "</svg>\n"
    }

    private func x(_ value: Double) -> Double {
        let share = (value - xRange.lowerBound) / (xRange.upperBound - xRange.lowerBound)
        return Self.frame.left + share * (Self.size.width - Self.frame.left - Self.frame.right)
    }

    private func y(_ value: Double) -> Double {
        let share = (value - yRange.lowerBound) / (yRange.upperBound - yRange.lowerBound)
        return Self.size.height - Self.frame.bottom
            - share * (Self.size.height - Self.frame.top - Self.frame.bottom)
    }

    private var axes: String {
        var svg = ""
        let (left, right) = (x(xRange.lowerBound), x(xRange.upperBound))
        let (low, high) = (y(yRange.lowerBound), y(yRange.upperBound))
        for tick in 0...Self.ticks {
            let share = Double(tick) / Double(Self.ticks)
            let xValue = xRange.lowerBound + share * (xRange.upperBound - xRange.lowerBound)
            let yValue = yRange.lowerBound + share * (yRange.upperBound - yRange.lowerBound)
            svg += Self.stroke(x(xValue), low, x(xValue), high, "#e6e8eb")
            svg += Self.stroke(left, y(yValue), right, y(yValue), "#e6e8eb")
            svg += Self.label(
                ModelCard.fixed(xValue, decimals.x), x(xValue), low + 18, anchor: "middle")
            svg += Self.label(
                ModelCard.fixed(yValue, decimals.y), left - 8, y(yValue) + 4, anchor: "end")
        }
        svg += Self.stroke(left, low, right, low, "#40444b")
        svg += Self.stroke(left, low, left, high, "#40444b")
        svg += Self.label(xLabel, (left + right) / 2, low + 40, anchor: "middle")
        svg += "<text transform=\"translate(20 \(Self.number((low + high) / 2))) rotate(-90)\" "
        svg += "text-anchor=\"middle\">\(Self.escaped(yLabel))</text>\n"
        return svg
    }

    private func draw(_ mark: Mark) -> String {
        switch mark {
        case .line(let points, let colour, let isDashed):
            let path = points.map { "\(Self.number(x($0.x))),\(Self.number(y($0.y)))" }
            let dash = isDashed ? " stroke-dasharray=\"5 4\"" : ""
            return "<polyline fill=\"none\" stroke=\"\(colour)\" stroke-width=\"2\"\(dash) "
                + "points=\"" + path.joined(separator: " ") + "\"/>\n"
        case .points(let points, let colour):
            return points.map {
                "<circle cx=\"\(Self.number(x($0.x)))\" cy=\"\(Self.number(y($0.y)))\" r=\"4\" "
                    + "fill=\"\(colour)\"/>\n"
            }.joined()
        case .bars(let bars, let width, let colour):
            return bars.map {
                let (left, right) = (x($0.x), x($0.x + width))
                let top = y(min($0.y, yRange.upperBound))
                return "<rect x=\"\(Self.number(left))\" y=\"\(Self.number(top))\" "
                    + "width=\"\(Self.number(max(0, right - left - 1)))\" "
                    + "height=\"\(Self.number(max(0, y(yRange.lowerBound) - top)))\" "
                    + "fill=\"\(colour)\" fill-opacity=\"0.6\"/>\n"
            }.joined()
        }
    }

    /// Bars that lie beside their names, the first on top.
    static func ranking(title: String, xLabel: String, _ bars: [(name: String, value: Double)])
        -> String
    {
        let (left, right, row) = (300.0, 60.0, 22.0)
        let (width, height) = (730.0, 70 + Double(bars.count) * row)
        let largest = max(bars.map(\.value).max() ?? 0, .leastNormalMagnitude)
        var svg = header(width, height, title)
        for (place, bar) in bars.enumerated() {
            let top = 40 + Double(place) * row
            let length = bar.value / largest * (width - left - right)
            svg += label(bar.name, left - 8, top + 14, anchor: "end")
            svg += "<rect x=\"\(number(left))\" y=\"\(number(top + 3))\" "
            svg += "width=\"\(number(length))\" height=\"\(number(row - 7))\" fill=\"\(blue)\"/>\n"
            svg += label(
                ModelCard.fixed(bar.value, 2), left + length + 6, top + 14, anchor: "start")
        }
        svg += label(xLabel, left + (width - left - right) / 2, height - 10, anchor: "middle")
        return svg + "</svg>\n"
    }

    private static func header(_ width: Double, _ height: Double, _ title: String) -> String {
        "<svg xmlns=\"http://www.w3.org/2000/svg\" width=\"\(number(width))\" "
            + "height=\"\(number(height))\" viewBox=\"0 0 \(number(width)) \(number(height))\" "
            + "font-family=\"sans-serif\" font-size=\"12\" fill=\"#24272c\">\n"
            + "<rect width=\"100%\" height=\"100%\" fill=\"#ffffff\"/>\n"
            + "<text x=\"\(number(width / 2))\" y=\"24\" text-anchor=\"middle\" font-size=\"15\">"
            + "\(escaped(title))</text>\n"
    }

    private static func stroke(
        _ x1: Double, _ y1: Double, _ x2: Double, _ y2: Double, _ colour: String
    ) -> String {
        "<line x1=\"\(number(x1))\" y1=\"\(number(y1))\" x2=\"\(number(x2))\" "
            + "y2=\"\(number(y2))\" stroke=\"\(colour)\"/>\n"
    }

    private static func label(
        _ text: String, _ x: Double, _ y: Double, anchor: String
    ) -> String {
        "<text x=\"\(number(x))\" y=\"\(number(y))\" text-anchor=\"\(anchor)\">\(escaped(text))"
            + "</text>\n"
    }

    private static func number(_ value: Double) -> String { ModelCard.fixed(value, 1) }

    private static func escaped(_ text: String) -> String {
        text.replacing("&", with: "&amp;").replacing("<", with: "&lt;")
            .replacing(">", with: "&gt;")
    }
}

import LinearAlgebra
import Simulation
import Testing

@Suite struct ProductsTests {
    private static func matrix(
        _ rows: Int, _ columns: Int, _ random: inout SeededRandom
    ) -> Matrix {
        var matrix = Matrix(rows: rows, columns: columns)
        for row in 0..<rows {
            for column in 0..<columns { matrix[row, column] = random.normal() }
        }
        return matrix
    }

    @Test(arguments: [(1, 1), (3, 5), (64, 27), (130, 33)])
    func `matrix times vector equals the naive sum`(rows: Int, columns: Int) {
        var random = SeededRandom(seed: UInt64(rows))
        let a = Self.matrix(rows, columns, &random)
        let x = (0..<max(rows, columns)).map { _ in random.normal() }
        var y = [Double](repeating: 0, count: rows)
        Products.gemv(a, times: x, into: &y)
        for row in 0..<rows {
            let naive = (0..<columns).reduce(0) { $0 + a[row, $1] * x[$1] }
            #expect(abs(naive - y[row]) < 1e-11)
        }
        var t = [Double](repeating: 1, count: columns)
        Products.gemvTransposed(a, times: x, beta: 2, into: &t)
        for column in 0..<columns {
            let naive = 2 + (0..<rows).reduce(0) { $0 + a[$1, column] * x[$1] }
            #expect(abs(naive - t[column]) < 1e-11)
        }
    }

    @Test func `matrix times matrix and its own square equal the naive sums`() {
        var random = SeededRandom(seed: 1)
        let a = Self.matrix(37, 11, &random)
        let b = Self.matrix(11, 9, &random)
        var c = Matrix(rows: 37, columns: 9)
        Products.gemm(a, b, into: &c)
        var square = Matrix(rows: 11, columns: 11)
        Products.syrk(a, rows: 30, intoUpper: &square)
        for row in 0..<37 {
            for column in 0..<9 {
                let naive = (0..<11).reduce(0) { $0 + a[row, $1] * b[$1, column] }
                #expect(abs(naive - c[row, column]) < 1e-12)
            }
        }
        for row in 0..<11 {
            for column in 0..<11 {
                let naive = (0..<30).reduce(0) { $0 + a[$1, row] * a[$1, column] }
                #expect(abs((column < row ? 0 : naive) - square[row, column]) < 1e-12)
            }
        }
    }

    @Test func `rows begin aligned to 64 bytes`() {
        let matrix = Matrix(rows: 5, columns: 9)
        #expect(matrix.stride == 24)
        for row in 0..<5 { #expect(UInt(bitPattern: matrix.row(row)) % 64 == 0) }
    }
}

@Suite struct CholeskyFactorTests {
    @Test func `the solution fulfils the equations`() throws {
        var random = SeededRandom(seed: 7)
        var a = Matrix(rows: 40, columns: 20)
        for row in 0..<40 { for column in 0..<20 { a[row, column] = random.normal() } }
        var square = Matrix(rows: 20, columns: 20)
        Products.syrk(a, rows: 40, intoUpper: &square)
        let full = (0..<20).map { row in (0..<20).map { square[min(row, $0), max(row, $0)] } }
        let right = (0..<20).map { _ in random.normal() }
        var x = right
        try CholeskyFactor(upper: square).solve(&x)
        for row in 0..<20 {
            let product = (0..<20).reduce(0) { $0 + full[row][$1] * x[$1] }
            #expect(abs(product - right[row]) < 1e-9)
        }
    }

    @Test func `a matrix that is not positive definite is refused with its minor`() {
        var matrix = Matrix(rows: 3, columns: 3)
        for index in 0..<3 { matrix[index, index] = index == 1 ? -1 : 1 }
        do {
            _ = try CholeskyFactor(upper: matrix)
            Issue.record("was factored")
        } catch { #expect(error.order == 2) }
    }
}

@Suite struct NumericFingerprintTests {
    @Test func `the fingerprint is one stable line that names BLAS, libm and the processor`() {
        let fingerprint = NumericFingerprint.current
        #expect(fingerprint == NumericFingerprint.current)
        for word in ["blas=", "core=", "libm=glibc ", "cpu="] {
            #expect(fingerprint.contains(word))
        }
        #expect(!fingerprint.contains("\n"))
    }
}

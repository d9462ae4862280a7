internal import CLinearAlgebra

/// Matrix products of BLAS level 2 and 3 (Dongarra et al. 1988, 1990), computed by one thread so
/// that sums are taken in one order. Shapes are preconditions.
public enum Products {
    /// y ← α·A·x + β·y, where A is `rows` × `columns`, stored column by column: element (r, c) at
    /// `columnMajor[c * stride + r]`. Each y depends on its own row alone.
    public static func gemv(
        columnMajor a: UnsafePointer<Double>, rows: Int, columns: Int, stride: Int,
        alpha: Double = 1, times x: UnsafePointer<Double>, beta: Double = 0,
        into y: UnsafeMutablePointer<Double>
    ) {
        NumericLibrary.prepare()
        cblas_dgemv(
            CblasColMajor, CblasNoTrans, Int32(rows), Int32(columns), alpha, a, Int32(stride), x, 1,
            beta, y, 1)
    }

    /// y ← A·x, where A is `rows` × `columns`, stored row by row: element (r, c) at `rowMajor[r *
    /// stride + c]`.
    public static func gemv(
        rowMajor a: UnsafePointer<Double>, rows: Int, columns: Int, stride: Int,
        times x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
    ) {
        NumericLibrary.prepare()
        cblas_dgemv(
            CblasRowMajor, CblasNoTrans, Int32(rows), Int32(columns), 1, a, Int32(stride), x, 1, 0,
            y, 1)
    }

    /// y ← Aᵀ·x + β·y, A as before: `x` has `rows` elements, `y` has `columns`.
    public static func gemvTransposed(
        rowMajor a: UnsafePointer<Double>, rows: Int, columns: Int, stride: Int,
        times x: UnsafePointer<Double>, beta: Double = 0, into y: UnsafeMutablePointer<Double>
    ) {
        NumericLibrary.prepare()
        cblas_dgemv(
            CblasRowMajor, CblasTrans, Int32(rows), Int32(columns), 1, a, Int32(stride), x, 1,
            beta, y, 1)
    }

    /// y ← A·x; `x` has as many elements as A has columns, `y` as many as A has rows.
    public static func gemv(
        _ a: borrowing Matrix, times x: UnsafePointer<Double>, into y: UnsafeMutablePointer<Double>
    ) {
        gemv(
            rowMajor: a.pointer, rows: a.rows, columns: a.columns, stride: a.stride, times: x,
            into: y)
    }

    /// y ← Aᵀ·x + β·y; `x` has as many elements as A has rows, `y` as many as A has columns.
    public static func gemvTransposed(
        _ a: borrowing Matrix, times x: UnsafePointer<Double>, beta: Double = 0,
        into y: UnsafeMutablePointer<Double>
    ) {
        gemvTransposed(
            rowMajor: a.pointer, rows: a.rows, columns: a.columns, stride: a.stride, times: x,
            beta: beta, into: y)
    }

    /// C ← A·B + β·C.
    public static func gemm(
        _ a: borrowing Matrix, _ b: borrowing Matrix, beta: Double = 0, into c: inout Matrix
    ) {
        precondition(a.columns == b.rows && c.rows == a.rows && c.columns == b.columns)
        NumericLibrary.prepare()
        cblas_dgemm(
            CblasRowMajor, CblasNoTrans, CblasNoTrans, Int32(a.rows), Int32(b.columns),
            Int32(a.columns), 1, a.pointer, Int32(a.stride), b.pointer, Int32(b.stride), beta,
            c.pointer, Int32(c.stride))
    }

    /// Upper triangle of C ← Aᵀ·A + β·C over the first `rows` rows of A; the lower triangle is not
    /// touched.
    public static func syrk(
        _ a: borrowing Matrix, rows: Int, beta: Double = 0, intoUpper c: inout Matrix
    ) {
        precondition(rows <= a.rows && c.rows == a.columns && c.columns == a.columns)
        NumericLibrary.prepare()
        cblas_dsyrk(
            CblasRowMajor, CblasUpper, CblasTrans, Int32(a.columns), Int32(rows), 1, a.pointer,
            Int32(a.stride), beta, c.pointer, Int32(c.stride))
    }
}

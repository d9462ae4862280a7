internal import CLinearAlgebra

/// The Cholesky factor of a symmetric positive definite matrix (LAPACK `dpotrf`, `dpotrs`).
public struct CholeskyFactor: ~Copyable {
    /// Why a matrix has no factor.
    public struct NotPositiveDefinite: Error, Sendable, Equatable, CustomStringConvertible {
        /// Order of the first leading minor that is not positive, from 1.
        public let order: Int
        /// What is wrong with the matrix, and where.
        public var description: String {
            "matrix is not positive definite: leading minor \(order) is not positive"
        }
    }

    private let factor: Matrix

    /// Factors a square matrix of which only the upper triangle is read.
    public init(upper matrix: consuming Matrix) throws(NotPositiveDefinite) {
        precondition(matrix.rows == matrix.columns, "only a square matrix has a Cholesky factor")
        NumericLibrary.prepare()
        // The upper triangle row by row is the lower triangle column by column.
        let info = LAPACKE_dpotrf_work(
            LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), Int32(matrix.rows), matrix.pointer,
            Int32(matrix.stride))
        precondition(info >= 0, "dpotrf refused argument \(-info)")
        guard info == 0 else { throw NotPositiveDefinite(order: Int(info)) }
        factor = matrix
    }

    /// The square of diagonal element `index` of the factor: what is left of the matrix's own once
    /// all columns before are taken out. Near 0 against that one, the column depends linearly on
    /// those before.
    public func pivot(_ index: Int) -> Double { factor[index, index] * factor[index, index] }

    /// Replaces `b` by the solution x of A·x = b; `b` has one element a row of A.
    public func solve(_ b: inout [Double]) {
        precondition(b.count == factor.rows, "right-hand side has \(b.count) elements")
        let info = LAPACKE_dpotrs_work(
            LAPACK_COL_MAJOR, CChar(UInt8(ascii: "L")), Int32(factor.rows), 1, factor.pointer,
            Int32(factor.stride), &b, Int32(factor.rows))
        precondition(info == 0, "dpotrs refused argument \(-info)")
    }
}

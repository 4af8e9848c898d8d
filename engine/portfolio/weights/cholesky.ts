/** Lower triangle L with L·Lᵀ = the matrix, row after row; null where the matrix is not positive definite. */
export function cholesky(matrix: Float64Array, size: number): Float64Array | null {
  const lower = new Float64Array(size * size);
  for (let i = 0; i < size; i++) {
    for (let j = 0; j <= i; j++) {
      let rest = matrix[i * size + j]!;
      for (let k = 0; k < j; k++) rest -= lower[i * size + k]! * lower[j * size + k]!;
      if (i !== j) lower[i * size + j] = rest / lower[j * (size + 1)]!;
      // What is left of a variance by rounding alone is no variance.
      else if (rest > matrix[i * (size + 1)]! * 1e-14) lower[i * (size + 1)] = Math.sqrt(rest);
      else return null;
    }
  }
  return lower;
}

/** Solves L·Lᵀ·x = b. */
export function solveCholesky(lower: Float64Array, b: ArrayLike<number>): Float64Array {
  const size = b.length, x = Float64Array.from(b);
  for (let i = 0; i < size; i++) {
    for (let k = 0; k < i; k++) x[i]! -= lower[i * size + k]! * x[k]!;
    x[i]! /= lower[i * (size + 1)]!;
  }
  for (let i = size - 1; i >= 0; i--) {
    for (let k = i + 1; k < size; k++) x[i]! -= lower[k * size + i]! * x[k]!;
    x[i]! /= lower[i * (size + 1)]!;
  }
  return x;
}

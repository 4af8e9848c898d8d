// How assets move together, estimated so that the estimate can be inverted.
import { assert } from "../../errors/mod.ts";

/** Returns of several assets: a row a candle, a column an asset, in fractions. */
export interface ReturnRows {
  readonly rows: number;
  readonly assets: number;
  /** Row after row. */
  readonly values: Float64Array;
}

/** A symmetric matrix, row after row. */
export interface Covariance {
  readonly assets: number;
  readonly values: Float64Array;
}

/** Where the data ask for less, so that the matrix can be inverted even of assets that move as one. */
const LEAST_SHRINKAGE = 1e-4;

/**
 * Covariance of the returns of one candle, shrunk towards a matrix without correlations whose variances are all the mean
 * one. The share of that matrix follows from the data: with few rows for many assets it is large. Sums are divided by the
 * rows. Source: Ledoit & Wolf (2004), A well-conditioned estimator for large-dimensional covariance matrices;
 * `ledoit_wolf` of scikit-learn gives the same numbers.
 */
export function shrunkCovariance(returns: ReturnRows): Covariance & { readonly shrinkage: number } {
  const { rows, assets } = returns;
  assert(rows > 1 && assets > 0, `${rows} rows of ${assets} assets have no covariance`);
  const x = centred(returns), values = new Float64Array(assets * assets);
  let trace = 0, squares = 0, fourths = 0;
  for (let i = 0; i < assets; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = 0, ofSquares = 0;
      for (let at = 0; at < x.length; at += assets) {
        const product = x[at + i]! * x[at + j]!;
        sum += product;
        ofSquares += product * product;
      }
      const own = sum / rows, times = i === j ? 1 : 2;
      values[i * assets + j] = values[j * assets + i] = own;
      if (i === j) trace += own;
      squares += times * own * own;
      fourths += times * ofSquares / rows;
    }
  }
  const mean = trace / assets;
  // Distance of the sample from the target, and how much of it is noise: both of one asset, as in the paper.
  const distance = (squares - assets * mean * mean) / assets;
  const noise = Math.min(distance, (fourths - squares) / (rows * assets));
  const shrinkage = Math.max(LEAST_SHRINKAGE, distance > 0 ? noise / distance : 0);
  for (let i = 0; i < values.length; i++) values[i]! *= 1 - shrinkage;
  for (let i = 0; i < assets; i++) values[i * (assets + 1)]! += shrinkage * mean;
  return { assets, values, shrinkage };
}

function centred({ rows, assets, values }: ReturnRows): Float64Array {
  const x = values.slice(0, rows * assets);
  for (let i = 0; i < assets; i++) {
    let sum = 0;
    for (let at = i; at < x.length; at += assets) sum += x[at]!;
    const mean = sum / rows;
    for (let at = i; at < x.length; at += assets) x[at]! -= mean;
  }
  return x;
}

/** Variance of each asset, its sum divided by the rows. */
export function variances(returns: ReturnRows): Float64Array {
  const { rows, assets } = returns, x = centred(returns), own = new Float64Array(assets);
  for (let at = 0; at < x.length; at++) own[at % assets]! += x[at]! * x[at]! / rows;
  return own;
}

/** The matrix times a vector. */
export function times({ assets, values }: Covariance, vector: ArrayLike<number>): Float64Array {
  const product = new Float64Array(assets);
  for (let i = 0; i < assets; i++) {
    let sum = 0;
    for (let j = 0; j < assets; j++) sum += values[i * assets + j]! * vector[j]!;
    product[i] = sum;
  }
  return product;
}

/** Variance of a portfolio of these weights. */
export function portfolioVariance(covariance: Covariance, weights: ArrayLike<number>): number {
  const product = times(covariance, weights);
  let sum = 0;
  for (let i = 0; i < product.length; i++) sum += weights[i]! * product[i]!;
  return sum;
}

// The covariance matrix adaptation evolution strategy: Hansen (2016), "The CMA Evolution Strategy: A Tutorial"
// (arXiv:1604.00772), with its default constants, negative weights included. Equations are cited by its numbers.
import { elementary } from "../../metrics/mod.ts";
import type { NormalDraws } from "./normal_draws.ts";
import { symmetricEigen } from "./symmetric_eigen.ts";

/** The constants of a strategy, which follow from the dimensions and the size of a generation. */
interface Constants {
  readonly weights: Float64Array;
  readonly muEffective: number;
  readonly stepRate: number;
  readonly stepDamping: number;
  readonly pathRate: number;
  readonly rankOneRate: number;
  readonly rankMuRate: number;
  /** How long a standard normal vector is on average. */
  readonly normalLength: number;
}

/** Size of a generation unless stated: 4 + ⌊3 ln n⌋, eq. 48. */
export function usualGeneration(dimensions: number): number {
  return 4 + Math.floor(3 * elementary.log(dimensions));
}

/** A normal distribution that moves, grows and turns toward better points. It knows no borders. */
export class CmaEs {
  readonly n: number;
  readonly mean: Float64Array;
  readonly #covariance: Float64Array;
  readonly #stepPath: Float64Array;
  readonly #covariancePath: Float64Array;
  readonly #constants: Constants;
  #vectors: Float64Array;
  /** Roots of the eigenvalues. */
  #scales: Float64Array;
  #generation = 0;
  #decomposedAt = 0;

  /** @param step Standard deviation in each direction at the start. */
  constructor(mean: Float64Array, public step: number, readonly size: number, readonly normal: NormalDraws) {
    const n = this.n = mean.length;
    this.mean = mean.slice();
    this.#covariance = identity(n);
    this.#stepPath = new Float64Array(n);
    this.#covariancePath = new Float64Array(n);
    this.#constants = constantsOf(n, size);
    this.#vectors = identity(n);
    this.#scales = new Float64Array(n).fill(1);
  }

  /** A point of the distribution, eq. 38–40. */
  sample(): Float64Array {
    const { n, step, mean } = this;
    const scaled = this.#scales.map((scale) => scale * this.normal.next());
    return Float64Array.from({ length: n }, (_, i) => mean[i]! + step * this.#row(i, scaled));
  }

  /** Learns from a generation, best first; `points` are as many as its size. */
  learn(points: readonly Float64Array[]): void {
    const { n, step, mean } = this, own = this.#constants;
    const moves = points.map((point) => point.map((x, i) => (x - mean[i]!) / step));
    const move = Float64Array.from(
      { length: n },
      (_, i) => moves.reduce((sum, y, k) => own.weights[k]! > 0 ? sum + own.weights[k]! * y[i]! : sum, 0),
    );
    for (let i = 0; i < n; i++) mean[i] = mean[i]! + step * move[i]!; // eq. 42
    const whitened = this.#whitened(move), fresh = Math.sqrt(own.stepRate * (2 - own.stepRate) * own.muEffective);
    const path = this.#stepPath;
    for (let i = 0; i < n; i++) path[i] = (1 - own.stepRate) * path[i]! + fresh * whitened[i]!; // eq. 43
    const length = Math.sqrt(dot(path, path));
    this.step *= elementary.exp(Math.min(1, own.stepRate / own.stepDamping * (length / own.normalLength - 1))); // eq. 44
    this.#generation++;
    const settled = 1 - elementary.pow(1 - own.stepRate, 2 * this.#generation);
    const calm = length / Math.sqrt(settled) < (1.4 + 2 / (n + 1)) * own.normalLength;
    this.#learnCovariance(moves, move, calm);
    if (this.#generation - this.#decomposedAt >= 1 / (10 * n * (own.rankOneRate + own.rankMuRate))) this.#decompose();
  }

  /** eq. 45–47 */
  #learnCovariance(moves: readonly Float64Array[], move: Float64Array, calm: boolean): void {
    const { n } = this, own = this.#constants, path = this.#covariancePath, c = this.#covariance;
    const rate = own.pathRate, fresh = calm ? Math.sqrt(rate * (2 - rate) * own.muEffective) : 0;
    for (let i = 0; i < n; i++) path[i] = (1 - rate) * path[i]! + fresh * move[i]!;
    const weights = own.weights.map((weight, k) => {
      if (weight >= 0) return weight;
      const whitened = this.#whitened(moves[k]!);
      return weight * n / Math.max(dot(whitened, whitened), 1e-12);
    });
    const lost = calm ? 0 : rate * (2 - rate), all = own.weights.reduce((sum, weight) => sum + weight, 0);
    const kept = 1 + own.rankOneRate * lost - own.rankOneRate - own.rankMuRate * all;
    for (let i = 0; i < n; i++) {
      for (let j = 0; j <= i; j++) {
        let rankMu = 0;
        for (let k = 0; k < moves.length; k++) rankMu += weights[k]! * moves[k]![i]! * moves[k]![j]!;
        c[i * n + j] = c[j * n + i] = kept * c[i * n + j]! + own.rankOneRate * path[i]! * path[j]! +
          own.rankMuRate * rankMu;
      }
    }
  }

  /** Standard deviation along an axis. */
  deviation(axis: number): number {
    return this.step * Math.sqrt(this.#covariance[axis * this.n + axis]!);
  }

  /** Widens the distribution along an axis to a standard deviation; what it knows of directions stays. */
  widen(axis: number, deviation: number): void {
    const { n } = this, factor = deviation / this.deviation(axis), c = this.#covariance;
    if (!(factor > 1)) return;
    for (let k = 0; k < n; k++) {
      c[axis * n + k] = c[axis * n + k]! * factor;
      c[k * n + axis] = c[k * n + axis]! * factor;
    }
    this.#decompose();
  }

  /** The longest axis ÷ the shortest, squared. */
  get condition(): number {
    const most = Math.max(...this.#scales), least = Math.min(...this.#scales);
    return most / least * (most / least);
  }

  #decompose(): void {
    const { values, vectors } = symmetricEigen(this.#covariance, this.n);
    this.#vectors = vectors;
    // Rounding may leave a value just below 0.
    const least = Math.max(...values) * 1e-15;
    this.#scales = values.map((value) => Math.sqrt(Math.max(value, least)));
    this.#decomposedAt = this.#generation;
  }

  #row(i: number, vector: Float64Array): number {
    let sum = 0;
    for (let k = 0; k < this.n; k++) sum += this.#vectors[i * this.n + k]! * vector[k]!;
    return sum;
  }

  /** C^−½ y */
  #whitened(y: Float64Array): Float64Array {
    const { n } = this, inner = new Float64Array(n);
    for (let k = 0; k < n; k++) {
      let sum = 0;
      for (let i = 0; i < n; i++) sum += this.#vectors[i * n + k]! * y[i]!;
      inner[k] = sum / this.#scales[k]!;
    }
    return Float64Array.from({ length: n }, (_, i) => this.#row(i, inner));
  }
}

/** Table 1 of the tutorial. */
function constantsOf(n: number, size: number): Constants {
  const raw = Float64Array.from({ length: size }, (_, i) => elementary.log((size + 1) / 2) - elementary.log(i + 1));
  const good = raw.filter((weight) => weight >= 0), poor = raw.filter((weight) => weight < 0);
  const muEffective = effective(good), muPoor = effective(poor);
  const rankOneRate = 2 / ((n + 1.3) * (n + 1.3) + muEffective);
  const rankMuRate = Math.min(
    1 - rankOneRate,
    2 * (0.25 + muEffective + 1 / muEffective - 2) / ((n + 2) * (n + 2) + muEffective),
  );
  const poorSum = Math.min(
    1 + rankOneRate / rankMuRate,
    1 + 2 * muPoor / (muEffective + 2),
    (1 - rankOneRate - rankMuRate) / (n * rankMuRate),
  );
  const goodTotal = total(good), poorTotal = -total(poor);
  const stepRate = (muEffective + 2) / (n + muEffective + 5);
  return {
    weights: raw.map((weight) => weight >= 0 ? weight / goodTotal : poorSum / poorTotal * weight),
    muEffective,
    stepRate,
    stepDamping: 1 + 2 * Math.max(0, Math.sqrt((muEffective - 1) / (n + 1)) - 1) + stepRate,
    pathRate: (4 + muEffective / n) / (n + 4 + 2 * muEffective / n),
    rankOneRate,
    rankMuRate,
    normalLength: Math.sqrt(n) * (1 - 1 / (4 * n) + 1 / (21 * n * n)),
  };
}

function effective(weights: Float64Array): number {
  const sum = total(weights);
  return sum * sum / dot(weights, weights);
}

function total(values: Float64Array): number {
  return values.reduce((sum, value) => sum + value, 0);
}

function dot(a: Float64Array, b: Float64Array): number {
  let sum = 0;
  for (let i = 0; i < a.length; i++) sum += a[i]! * b[i]!;
  return sum;
}

function identity(n: number): Float64Array {
  const matrix = new Float64Array(n * n);
  for (let i = 0; i < n; i++) matrix[i * n + i] = 1;
  return matrix;
}

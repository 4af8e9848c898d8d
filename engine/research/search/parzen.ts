import { elementary } from "../../metrics/mod.ts";
import type { Random } from "../../time/mod.ts";
import { decay, normalArea } from "./bell.ts";
import type { NormalDraws } from "./normal_draws.ts";
import type { Dimension } from "./search_axis.ts";

const ROOT_OF_TWO_PI = 2.5066282746310002;
/** Scott's rule for a normal kernel. */
const SCOTT = 1.059;

/** How a mixture is made of points. */
export interface ParzenSettings {
  /** Weight of the uniform distribution, in points. */
  readonly priorWeight: number;
  /** No kernel is narrower. */
  readonly leastDeviation: number;
}

/**
 * A mixture of kernels, one around each of some points, and of the uniform distribution. Each kernel is a product over all
 * parameters: of normal distributions that end at the sides of the cube, as wide as Scott's rule says of these points; and of
 * a word with the others' weight 1 ÷ points.
 *
 * Of numbers with few values a kernel is at least half a cell wide, is drawn from as if they had all values, and is judged in
 * the middle of cells.
 */
export class Parzen {
  readonly #d: number;
  readonly #deviations: Float64Array;
  /** Coordinates of the points, one point after the other, and the weight of each kernel: 1 ÷ its integral. */
  readonly #points: Float64Array;
  readonly #weights: Float64Array;
  #count = 0;
  /** Share of a word's own value, and of each other. */
  readonly #same: Float64Array;
  readonly #other: Float64Array;

  /** @param room How many points may be added. */
  constructor(
    readonly dimensions: readonly Dimension[],
    points: readonly Float64Array[],
    readonly settings: ParzenSettings,
    room = 0,
  ) {
    const d = this.#d = dimensions.length, n = Math.max(1, points.length);
    this.#points = new Float64Array((points.length + room) * d);
    this.#weights = new Float64Array(points.length + room);
    this.#same = new Float64Array(d);
    this.#other = new Float64Array(d);
    this.#deviations = Float64Array.from(dimensions, (own, i) => {
      if (own.isOrdered) return deviationOf(own, points, i, d, settings.leastDeviation);
      this.#same[i] = (1 + 1 / n) / (1 + own.levels / n);
      this.#other[i] = 1 / n / (1 + own.levels / n);
      return 0;
    });
    for (const point of points) this.add(point);
  }

  /** Adds a kernel around a point, as wide as the others. */
  add(point: Float64Array): void {
    let integral = 1;
    for (let i = 0; i < this.#d; i++) {
      const deviation = this.#deviations[i]!, own = point[i]!;
      this.#points[this.#count * this.#d + i] = own;
      if (deviation > 0) {
        const inside = normalArea((1 - own) / deviation) - normalArea(-own / deviation);
        integral *= inside * deviation * ROOT_OF_TWO_PI;
      }
    }
    this.#weights[this.#count++] = 1 / integral;
  }

  /** How dense the mixture is at a point. */
  density(point: Float64Array): number {
    const d = this.#d, { priorWeight } = this.settings;
    let sum = 0;
    for (let k = 0, at = 0; k < this.#count; k++, at += d) {
      let square = 0, share = this.#weights[k]!;
      for (let i = 0; i < d; i++) {
        const deviation = this.#deviations[i]!;
        if (deviation > 0) {
          const distance = (point[i]! - this.#points[at + i]!) / deviation;
          square += distance * distance;
        } else share *= point[i] === this.#points[at + i] ? this.#same[i]! : this.#other[i]!;
      }
      sum += share * decay(square / 2);
    }
    let uniform = 1;
    for (let i = 0; i < d; i++) if (this.#deviations[i] === 0) uniform /= this.dimensions[i]!.levels;
    return (sum + priorWeight * uniform) / (this.#count + priorWeight);
  }

  /** A point by chance: of a kernel, or of the uniform distribution. */
  draw(random: Random, normal: NormalDraws): Float64Array {
    const d = this.#d, kernel = Math.floor(random.next() * (this.#count + this.settings.priorWeight));
    if (kernel >= this.#count) return Float64Array.from({ length: d }, () => random.next());
    return Float64Array.from(this.dimensions, (own, i) => {
      const middle = this.#points[kernel * d + i]!, deviation = this.#deviations[i]!;
      if (deviation > 0) return drawInside(middle, deviation, normal);
      const stays = random.next() < this.#same[i]! - this.#other[i]!;
      return stays ? middle : (Math.floor(random.next() * own.levels) + 0.5) / own.levels;
    });
  }
}

/** Most of a kernel lies inside: its middle does, and it is not wider than the side. */
function drawInside(middle: number, deviation: number, normal: NormalDraws): number {
  for (;;) {
    const place = middle + deviation * normal.next();
    if (place >= 0 && place < 1) return place;
  }
}

/** Scott's rule for points in `d` dimensions, between half a cell and the whole side. */
function deviationOf(
  own: Dimension,
  points: readonly Float64Array[],
  i: number,
  d: number,
  least: number,
): number {
  const n = points.length;
  if (n === 0) return 1;
  let sum = 0, squares = 0, width = 0;
  for (const point of points) {
    sum += point[i]!;
    squares += point[i]! * point[i]!;
    width = Math.max(width, own.widthAt(point[i]!));
  }
  const spread = Math.sqrt(Math.max(0, squares / n - sum / n * (sum / n)));
  const scott = SCOTT * spread * elementary.pow(n, -1 / (d + 4));
  return Math.min(1, Math.max(scott, least, width / 2));
}

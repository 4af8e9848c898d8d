// Whether a good point is good because its surroundings are, or by itself: what its neighbours keep of its advantage.
import type { ParameterValue } from "../../strategies/mod.ts";
import type { Dimension } from "./search_axis.ts";
import { thinned } from "./thinned.ts";
import { startPoints } from "./start_points.ts";
import type { SurfacePoint, TrialSurface } from "./trial_surface.ts";

/** Neighbours differ by at most this share of a side in each parameter, or by one step where steps are wider. */
const REACH = 0.1, STEPS = 1.5;
/** A point keeps its advantage where its neighbours keep half of it. */
const KEPT = 0.5;
/** More trials are thinned evenly, and so are the neighbours of all but the best one. */
const MOST_POINTS = 2_000, MOST_NEIGHBOURS = 100;
/** Places that are looked at around a trial, and in the whole space. */
const PLACES_AROUND = 64, PLACES_IN_ALL = 512;

/** A trial among its neighbours. */
export interface PlateauPoint {
  readonly index: number;
  readonly params: Readonly<Record<string, ParameterValue>>;
  readonly value: number;
  readonly neighbours: number;
  /**
   * The share that its neighbours keep of what it has over the typical trial: 1 as good as itself, 0 no better than the typical
   * one, below 0 worse. The median neighbour, the quarters below and above it, and the worst one; null where there is no
   * neighbour, or the trial is no better than the typical one.
   */
  readonly kept: {
    readonly median: number;
    readonly lowerQuartile: number;
    readonly upperQuartile: number;
    readonly worst: number;
  } | null;
}

/**
 * What a point stands on: a `plateau` where three quarters of its neighbours keep half of its advantage, a `spike` where three
 * quarters lose more than half, a `ridge` where some directions keep it and others do not; `unknown` of too few neighbours.
 */
export type PlateauVerdict = "plateau" | "ridge" | "spike" | "unknown";

/** The trials of a study among their neighbours. */
export interface PlateauMap {
  readonly verdict: PlateauVerdict;
  /** The verdict about the best trial in a sentence. */
  readonly text: string;
  readonly best: PlateauPoint | null;
  /** In the order of the trials; a part of them where they are very many. */
  readonly points: readonly PlateauPoint[];
}

/**
 * Compares each trial with its neighbours. A search looks longer where it is good: so a trial counts by the room that it has,
 * which is how many of some evenly spread places are nearest to it.
 *
 * @param bestIndex Number of the trial that the verdict is about; the one with the least loss unless stated.
 */
export function plateauMap({ dimensions, points }: TrialSurface, bestIndex?: number): PlateauMap {
  const best = points.find(({ index }) => index === bestIndex) ??
    points.reduce<SurfacePoint | null>((least, own) => least === null || own.loss < least.loss ? own : least, null);
  if (best === null) return { verdict: "unknown", text: "nothing: there is no best trial", best, points: [] };
  const used = withBest(points, best), around = neighboursOf(used, dimensions), places = evenPlaces(dimensions.length);
  const all = used.map((_, i) => i), typical = weightedQuantile(roomOf(all, places(PLACES_IN_ALL), used), 0.5);
  const map = used.map((point, i) => {
    const { unit } = point, near = around[i]!;
    const box = places(PLACES_AROUND).map((place) =>
      place.map((u, k) => folded(unit[k]! + (2 * u - 1) * reachOf(dimensions[k]!, unit[k]!)))
    );
    return plateauPoint(
      point,
      typical,
      near.length,
      roomOf(point === best ? near : thinned(near, MOST_NEIGHBOURS), box, used),
    );
  });
  const own = map[used.indexOf(best)]!, verdict = verdictOf(own, dimensions.length);
  return { verdict, text: verdictText(own, verdict), best: own, points: map };
}

function plateauPoint(
  { index, params, value, loss }: SurfacePoint,
  typical: number,
  neighbours: number,
  room: readonly (readonly [loss: number, weight: number])[],
): PlateauPoint {
  const advantage = typical - loss, head = { index, params, value, neighbours };
  if (neighbours === 0 || !(advantage > 0)) return { ...head, kept: null };
  const kept = room.map(([other, weight]) => [(typical - other) / advantage, weight] as const);
  return {
    ...head,
    kept: {
      median: weightedQuantile(kept, 0.5),
      lowerQuartile: weightedQuantile(kept, 0.25),
      upperQuartile: weightedQuantile(kept, 0.75),
      worst: Math.min(...kept.map(([share]) => share)),
    },
  };
}

function verdictOf({ kept, neighbours }: PlateauPoint, dimensions: number): PlateauVerdict {
  if (kept === null || neighbours <= dimensions) return "unknown";
  return kept.lowerQuartile >= KEPT ? "plateau" : kept.upperQuartile < KEPT ? "spike" : "ridge";
}

function verdictText({ kept, neighbours }: PlateauPoint, verdict: PlateauVerdict): string {
  if (verdict === "unknown" || kept === null) {
    return neighbours > 0 && kept === null
      ? "nothing: it is no better than the typical trial"
      : `unknown ground: it has ${neighbours} neighbours, too few to tell; try more trials around it`;
  }
  const share = (part: number) => `${Math.round(part * 100)} %`;
  const figures = `of ${neighbours} neighbours the median keeps ${share(kept.median)} of what the best has over the ` +
    `typical trial, the worst ${share(kept.worst)}`;
  return {
    plateau: `a plateau: ${figures}; other parameters nearby would have done nearly as well`,
    ridge: `a ridge: ${figures}; some directions keep it and others do not`,
    spike: `a spike: ${figures}; the best is an exception among its neighbours, as luck is`,
  }[verdict];
}

/** For each point the numbers of its neighbours; of words only equal ones are near. */
function neighboursOf(points: readonly SurfacePoint[], dimensions: readonly Dimension[]): number[][] {
  const n = points.length, around: number[][] = points.map(() => []);
  const reach = points.map(({ unit }) => dimensions.map((own, i) => reachOf(own, unit[i]!)));
  for (let a = 0; a < n; a++) {
    for (let b = a + 1; b < n; b++) {
      let near = true;
      for (let i = 0; near && i < dimensions.length; i++) {
        const distance = Math.abs(points[a]!.unit[i]! - points[b]!.unit[i]!);
        near = distance <= Math.max(reach[a]![i]!, reach[b]![i]!) + 1e-12;
      }
      if (near) around[a]!.push(b), around[b]!.push(a);
    }
  }
  return around;
}

function reachOf(own: Dimension, unit: number): number {
  return own.isOrdered ? Math.max(REACH, STEPS * own.widthAt(unit)) : 0;
}

/** A place beyond the cube, as far inside. */
function folded(u: number): number {
  return u < 0 ? -u : u > 1 ? 2 - u : u;
}

/** The loss of each of some points, and to how many places it is the nearest of them. */
function roomOf(
  members: readonly number[],
  places: readonly Float64Array[],
  points: readonly SurfacePoint[],
): (readonly [loss: number, weight: number])[] {
  const room = members.map(() => 0);
  for (const place of places) {
    let nearest = 0, least = Infinity;
    for (let k = 0; k < members.length; k++) {
      const { unit } = points[members[k]!]!;
      let square = 0;
      for (let i = 0; i < place.length; i++) square += (place[i]! - unit[i]!) * (place[i]! - unit[i]!);
      if (square < least) [nearest, least] = [k, square];
    }
    if (members.length > 0) room[nearest]!++;
  }
  return members.map((i, k) => [points[i]!.loss, room[k]!]);
}

/** The first so many evenly spread places of a cube. */
function evenPlaces(dimensions: number): (count: number) => readonly Float64Array[] {
  const next = startPoints(dimensions, 0), all: Float64Array[] = [];
  return (count) => {
    while (all.length < count) all.push(next());
    return all.slice(0, count);
  };
}

function withBest(points: readonly SurfacePoint[], best: SurfacePoint): readonly SurfacePoint[] {
  const some = thinned(points, MOST_POINTS);
  return some.includes(best) ? some : [...some, best];
}

/** The least value at which this share of the weights is reached. */
function weightedQuantile(values: readonly (readonly [value: number, weight: number])[], share: number): number {
  const sorted = values.toSorted(([a], [b]) => a - b), total = sorted.reduce((sum, [, weight]) => sum + weight, 0);
  let sum = 0;
  for (const [value, weight] of sorted) {
    sum += weight;
    if (sum >= share * total * (1 - 1e-12)) return value;
  }
  return NaN;
}

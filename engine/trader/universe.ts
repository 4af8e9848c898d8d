// Which markets take entries now: those that rank high enough by what had been traded by then.
import type { Refusal } from "../risk/mod.ts";
import { barClose, barOpen, DAY_MS, type TimestampMs } from "../time/mod.ts";
import type { TraderConfig } from "./config.ts";
import type { CandleGroup } from "./event.ts";
import { isListed } from "./listing.ts";
import type { Trader } from "./trader.ts";
import type { UniverseConfig, UniverseState } from "./universe_state.ts";

/** Adds the volumes of candles that closed and ranks where it is time. True when it was. */
export function followVolumes({ config, state }: Trader, group: CandleGroup): boolean {
  const { universe: own } = config, { universe } = state;
  if (own === undefined || universe === undefined) return false;
  if (group.closeTimeMs < universe.rankFromMs) {
    addVolumes(universe, own.lookbackDays, group, state.lastOpenTimeMs);
    return false;
  }
  const boundaryMs = barOpen(own.every, group.closeTimeMs);
  // Candles that open at the boundary or after it come late, and are no part of the days before.
  const isLate = group.openTimeMs[0]! >= boundaryMs;
  if (!isLate) addVolumes(universe, own.lookbackDays, group, state.lastOpenTimeMs);
  rank(config, own, universe, Math.floor(boundaryMs / DAY_MS), group.closeTimeMs);
  if (isLate) addVolumes(universe, own.lookbackDays, group, state.lastOpenTimeMs);
  universe.rankFromMs = barClose(own.every, group.closeTimeMs);
  return true;
}

function addVolumes(
  universe: UniverseState,
  days: number,
  group: CandleGroup,
  lastOpenTimeMs: ArrayLike<number>,
): void {
  const { volumes } = universe;
  const day = Math.floor(group.openTimeMs[0]! / DAY_MS);
  if (day > universe.day) forget(universe, days, day);
  for (let row = 0; row < group.count; row++) {
    const instrument = group.instrument[row]!;
    if (group.openTimeMs[row]! <= lastOpenTimeMs[instrument]!) continue;
    const typical = (group.high[row]! + group.low[row]! + group.close[row]!) / 3;
    volumes[instrument * days + day % days]! += typical * group.volume[row]!;
  }
}

/** A day begins: those that no longer count make room. */
function forget(universe: UniverseState, days: number, day: number): void {
  const gone = Math.min(days, day - universe.day);
  for (let at = 0; at < universe.volumes.length; at += days) {
    for (let i = 0; i < gone; i++) universe.volumes[at + (day - i) % days] = 0;
  }
  universe.day = day;
}

/** The listed markets that are traded, by volume over the days before; of equal ones the first by its id. */
function rank(
  config: TraderConfig,
  { lookbackDays: days, top }: UniverseConfig,
  universe: UniverseState,
  today: number,
  nowMs: TimestampMs,
): void {
  const ranked: { instrument: number; volume: number }[] = [];
  for (const instrument of new Set(config.books.map((book) => book.instrument))) {
    if (!isListed(config, instrument, nowMs)) continue;
    let volume = 0;
    for (let day = Math.max(today - days, universe.day - days + 1); day <= universe.day && day < today; day++) {
      volume += universe.volumes[instrument * days + day % days]!;
    }
    if (volume > 0) ranked.push({ instrument, volume });
  }
  ranked.sort((a, b) => b.volume - a.volume || a.instrument - b.instrument);
  universe.members.fill(0);
  for (const { instrument } of ranked.slice(0, top)) universe.members[instrument] = 1;
}

/** Why a market outside takes no entries; null for one inside, and without a universe. */
export function outsideUniverse({ config, state }: Trader, instrument: number): Refusal | null {
  if (state.universe === undefined || state.universe.members[instrument] === 1) return null;
  const { top, lookbackDays } = config.universe!;
  const reason = `${
    config.instruments[instrument]!.symbol
  } is not among the ${top} markets with the most volume of the ${
    lookbackDays === 1 ? "day" : `${lookbackDays} days`
  } before the last ranking`;
  return { code: "outside-universe", reason };
}

import type { LoopbackVenue } from "../../exchanges/mod.ts";
import type { Candle, Instrument } from "../../market/mod.ts";
import type { TraderConfig } from "../../trader/mod.ts";
import type { TradingMode } from "../session_gate.ts";
import type { SessionRunner } from "../session_runner.ts";
import type { WorldClock } from "./world_clock.ts";
import type { WorldStore } from "./world_store.ts";

/** Quote units that the account of a world begins with. */
export const CASH = "100000";

/** What the checkers see of a world. */
export interface WorldView {
  readonly clock: WorldClock;
  readonly venue: LoopbackVenue;
  readonly store: WorldStore;
  readonly instruments: readonly Instrument[];
  readonly config: TraderConfig;
  /** Who trades now. */
  readonly leader: { readonly runner: SessionRunner } | undefined;
  /** True while a batch may wait for the database for longer than a moment. */
  readonly isStoreTroubled: boolean;
  /** Who has set the kill switch; null where it is not set. */
  readonly killed: string | null;
  /** What a session may do at the venue. */
  readonly mode: TradingMode;
  /** True where a call to the venue, its news or the venue itself has failed within so long, milliseconds. */
  wasLineTroubled(withinMs: number): boolean;
  /** True once the venue has moved a balance otherwise than by a trade as it was told. */
  readonly hasMovedBalances: boolean;
  /** A market's candle as it was. */
  candle(number: number, openTimeMs: number): Candle | null;
  /** Adds a line to what happened. */
  note(line: string): void;
}

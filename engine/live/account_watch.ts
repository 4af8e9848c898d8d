// What the venue says of the account, against what the journal adds up to: read again and again, and never trusted once.
import type { Balance, Exchange, VenueFill } from "../exchanges/mod.ts";
import {
  addQuantity,
  AMOUNT_DECIMALS,
  AMOUNTS_PER_UNIT,
  formatDecimal,
  type Notional,
  notional,
} from "../money/mod.ts";
import type { Instrument } from "../market/mod.ts";
import { type Adjustment, type ClientOrderId, type Fill, positionChange } from "../orders/mod.ts";
import { cashChange } from "../portfolio/mod.ts";
import type { Scheduler, TimestampMs } from "../time/mod.ts";
import type { Trader, TraderEvent } from "../trader/mod.ts";
import type { ExchangeLink } from "./exchange_link.ts";
import { feeReturnId, feeRevisionId } from "./fee_revision.ts";
import { fillOf, tradeIdOf } from "./venue_amounts.ts";

export interface AccountWatchParts {
  readonly exchange: Pick<Exchange, "fills" | "balances">;
  readonly link: ExchangeLink;
  readonly trader: Trader;
  /** Our fills of late as the trader took them in, by their names. */
  readonly fills: Map<string, Fill>;
  readonly scheduler: Scheduler;
  readonly isOurs: (id: string) => id is ClientOrderId;
  /** True where the trader's state has all that was heard: while the journal cannot write, it lags behind. */
  readonly isSettled: () => boolean;
  readonly offer: (event: Extract<TraderEvent, { kind: "adjusted" | "busted" | "halt" }>) => void;
}

/**
 * Fills of a market are remembered for so long, or so many of them where more were traded, and the last ones for ever; the
 * venue corrects none that is older, as far as we look.
 */
const MEMORY_MS = 30 * 60_000, MOST_REMEMBERED = 500;
/** A trade that was just made may not be in the list yet. */
const LIST_LAG_MS = 30_000;
/**
 * What is missing or differs must do so for so long, in all reads of that time, two at least: answers may be old ones, and
 * what is read soon again may come from the same copy.
 */
const PROOF_MS = 60_000;
/** What could not be read for so long is proven anew. */
const MOST_UNREAD_MS = 2 * PROOF_MS;
/** A drift of more than this share of the equity is not explained by crumbs: the account stops (fault 27). */
const MOST_DRIFT = 0.01;
/** An old answer about the balances lacks so many executions at most. */
const MOST_UNSEEN = 8;

/** Finds trades that came unheard, were taken back or corrected, and balances that moved by themselves. */
export class AccountWatch {
  readonly #parts: AccountWatchParts;
  /** Since when a trade is not in the list. */
  readonly #missing = new Map<string, number>();
  #drift: { readonly text: string; readonly sinceMs: number; seenMs: number } | null = null;

  constructor(parts: AccountWatchParts) {
    this.#parts = parts;
  }

  /** True while something is missing or differs, and it is not known yet whether that stays so: it is read again soon. */
  get isInDoubt(): boolean {
    return this.#missing.size > 0 || this.#drift !== null;
  }

  /** Reads the executions of a market since a moment; false where the venue does not answer. */
  async readFills(market: Instrument, sinceMs: number): Promise<boolean> {
    const { exchange, scheduler, isOurs, link } = this.#parts, askedMs = scheduler.now();
    const suspect = [...this.#missing.keys()].map((id) => this.#parts.fills.get(id)?.timeMs ?? Infinity);
    const fromMs = Math.max(0, Math.min(sinceMs, this.#memoryFrom(market, askedMs), ...suspect)) as TimestampMs;
    const answer = await exchange.fills({ symbol: market.symbol, fromMs });
    const named = answer.kind === "done"
      ? await link.named(market, answer.value.map((own) => this.#remembered(market, own)))
      : null;
    if (named === null) return false;
    const told = new Set(named.map(({ id }) => tradeIdOf(id, market)));
    for (const own of named) {
      if (!this.#parts.fills.has(tradeIdOf(own.id, market))) link.hearFill(market, own);
      if (own.clientOrderId !== null && isOurs(own.clientOrderId)) this.#compare(market, own, own.clientOrderId);
    }
    this.#findBusted(market, told, fromMs, askedMs);
    return true;
  }

  /** Its order's name is known where the execution is; else the venue would have to be asked for it. */
  #remembered(market: Instrument, own: VenueFill): VenueFill {
    if (own.clientOrderId !== null) return own;
    return { ...own, clientOrderId: this.#parts.fills.get(tradeIdOf(own.id, market))?.clientOrderId ?? null };
  }

  #memoryFrom(market: Instrument, nowMs: number): number {
    const times = [...this.#parts.fills.values()].filter(({ instrument }) => instrument === market.id)
      .map(({ timeMs }) => timeMs).sort((a, b) => a - b);
    return Math.max(nowMs - MEMORY_MS, times.at(-MOST_REMEMBERED) ?? -Infinity);
  }

  #compare(market: Instrument, own: VenueFill, clientOrderId: ClientOrderId): void {
    const now = fillOf(own, clientOrderId, market), { tradeId } = now, before = this.#parts.fills.get(tradeId);
    this.#missing.delete(tradeId);
    // A fee that is not told is not a fee of zero.
    if (before === undefined || own.fee === null) return;
    if (before.fee === now.fee && before.feeAsset === now.feeAsset) return;
    this.#parts.fills.set(tradeId, now);
    const reason = `the venue has changed the fee of trade ${tradeId}`;
    if (before.fee !== 0n) {
      this.#adjust(feeReturnId(now), before.feeAsset, before.fee as bigint as Notional, reason);
    }
    this.#adjust(feeRevisionId(now), now.feeAsset, -now.fee as bigint as Notional, reason);
  }

  #findBusted(market: Instrument, told: ReadonlySet<string>, fromMs: number, askedMs: number): void {
    const { fills } = this.#parts;
    let older = fills.size;
    for (const [id, fill] of fills) {
      const isOfLate = older-- <= MOST_UNSEEN;
      if (fill.instrument !== market.id || told.has(id) || fill.timeMs > askedMs - LIST_LAG_MS) continue;
      if (fill.timeMs < fromMs) {
        if (!isOfLate) fills.delete(id);
        continue;
      }
      const sinceMs = this.#missing.get(id) ?? askedMs;
      this.#missing.set(id, sinceMs);
      if (askedMs - sinceMs < PROOF_MS) continue;
      fills.delete(id);
      this.#missing.delete(id);
      this.#parts.offer({ kind: "busted", fill, timeMs: this.#parts.scheduler.now() });
    }
  }

  /** Compares the balances; what differs in the same way for a while, whatever is traded meanwhile, is written down. */
  async readBalances(): Promise<boolean> {
    const { exchange, trader, isSettled } = this.#parts, { version } = trader.state;
    // A trade that may have been taken back explains a difference: it is undone as one, or not at all.
    if (this.#missing.size > 0) return true;
    const wasSettled = isSettled(), askedMs = this.#parts.scheduler.now(), answer = await exchange.balances();
    if (answer.kind !== "done") return false;
    // An execution in between, or one that was heard and is not counted yet, would explain it.
    if (trader.state.version !== version || !wasSettled || !isSettled()) return true;
    const drifts = this.#driftsOf(answer.value),
      text = drifts.map(({ asset, amount }) => `${asset} ${amount}`).join(", ");
    if (drifts.length === 0) {
      this.#drift = null;
      return true;
    }
    const unseen = this.#unseenIn(drifts);
    if (unseen !== null) {
      this.#drift = null;
      // If the venue has taken these back, its list says so; else the answer is an old one (fault 28).
      for (const market of this.#parts.trader.config.instruments) {
        const own = unseen.filter((fill) => fill.instrument === market.id);
        if (own.length > 0) await this.readFills(market, Math.min(...own.map(({ timeMs }) => timeMs)));
      }
      return true;
    }
    if (this.#drift?.text !== text || askedMs - this.#drift.seenMs > MOST_UNREAD_MS) {
      this.#drift = { text, sinceMs: askedMs, seenMs: askedMs };
    }
    this.#drift.seenMs = askedMs;
    if (askedMs - this.#drift.sinceMs < PROOF_MS) return true;
    this.#drift = null;
    const timeMs = this.#parts.scheduler.now();
    for (const { asset, amount } of drifts) {
      this.#adjust(`drift-${timeMs}-${asset}`, asset, amount, "the venue's balance differs from what trades explain");
    }
    const worth = drifts.reduce((sum, { asset, amount }) => sum + Math.abs(this.#worth(asset, amount)), 0);
    if (worth > MOST_DRIFT * trader.state.lastEquity) {
      const reason = `balances differ by about ${worth.toFixed(2)} from what trades explain: look at the account`;
      this.#parts.offer({ kind: "halt", reason, flatten: false, timeMs });
    }
    return true;
  }

  /** The last executions, where the balances are those without them; null where they explain nothing. */
  #unseenIn(drifts: readonly { readonly asset: string; readonly amount: Notional }[]): readonly Fill[] | null {
    const { fills, trader: { config: { instruments } } } = this.#parts;
    const left = new Map<string, bigint>(drifts.map(({ asset, amount }) => [asset, amount]));
    const add = (asset: string, amount: bigint) => {
      const sum = (left.get(asset) ?? 0n) + amount;
      if (sum === 0n) left.delete(asset);
      else left.set(asset, sum);
    };
    const unseen: Fill[] = [];
    for (const fill of [...fills.values()].slice(-MOST_UNSEEN).reverse()) {
      unseen.push(fill);
      const market = instruments.find(({ id }) => id === fill.instrument)!;
      add(market.base, positionChange(fill) * AMOUNTS_PER_UNIT);
      add(market.quote, cashChange(fill, market));
      if (fill.feeFrom === "third") add(fill.feeAsset, -fill.fee);
      if (left.size === 0) return unseen;
    }
    return null;
  }

  #driftsOf(balances: readonly Balance[]): { readonly asset: string; readonly amount: Notional }[] {
    // Venues leave out what the account has none of; an answer without anything is none.
    if (balances.length === 0) return [];
    const { config: { instruments }, state: { external } } = this.#parts.trader;
    const totals = new Map(balances.map(({ asset, total }) => [asset, notional(total)]));
    const assets = new Set([
      ...totals.keys(),
      ...instruments.flatMap(({ base, quote }) => [base, quote]),
      ...Object.keys(external),
    ]);
    return [...assets].flatMap((asset) => {
      const amount = ((totals.get(asset) ?? 0n) - this.#expected(asset)) as Notional;
      return amount === 0n ? [] : [{ asset, amount }];
    });
  }

  /** What the account is to have of an asset. */
  #expected(asset: string): bigint {
    const { config: { instruments }, state: { account, external } } = this.#parts.trader;
    if (instruments.some(({ quote }) => quote === asset)) return account.cash;
    let expected = (external[asset] ?? 0n) as bigint;
    instruments.forEach(({ base, kind }, i) => {
      if (base !== asset || kind !== "spot") return;
      expected += addQuantity(account.positions[i]!, account.dust[i]!) * AMOUNTS_PER_UNIT;
    });
    return expected;
  }

  #worth(asset: string, amount: Notional): number {
    const { config: { instruments }, state: { marks } } = this.#parts.trader;
    const units = Number(formatDecimal(amount, AMOUNT_DECIMALS));
    const market = instruments.findIndex(({ base }) => base === asset);
    if (market >= 0) return units * (marks[market]! || 0);
    return instruments.some(({ quote }) => quote === asset) ? units : 0;
  }

  #adjust(id: string, asset: string, amount: Notional, reason: string): void {
    const timeMs = this.#parts.scheduler.now();
    const adjustment: Adjustment = { id, asset, amount, reason, timeMs };
    this.#parts.offer({ kind: "adjusted", adjustment, timeMs });
  }
}

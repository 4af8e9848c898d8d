// Test support only: which markets are looked at, what else becomes known in time, and at which price is traded.
import { type CandleColumns, fundingColumns } from "../../market/mod.ts";
import { definePipeline } from "../../research/mod.ts";
import type { TimestampMs } from "../../time/mod.ts";
import { changes, ewm, mean, range } from "./frame_functions.ts";
import { BTC, DEAD, ETH, HOUR_MS, type LeakCase, NEW } from "./leak_case.ts";

type Markets = Readonly<Record<string, CandleColumns>>;

const ALL = [BTC, ETH, NEW, DEAD];

/** Last row of a market that has closed by a moment; −1 before its first. */
function rowBy({ openTimeMs }: CandleColumns, timeMs: number): number {
  let low = 0, high = openTimeMs.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if (openTimeMs[middle]! + HOUR_MS <= timeMs) low = middle + 1;
    else high = middle;
  }
  return low - 1;
}

/** Mean volume in quote units of the hundred candles up to a moment; 0 without any. */
function turnover(market: CandleColumns, timeMs: number): number {
  const row = rowBy(market, timeMs), rows = range(Math.max(0, row - 99), row + 1);
  return rows.length === 0 ? 0 : mean(rows.map((own) => market.volume[own]! * market.close[own]!));
}

function mostTraded(markets: Markets, timeMs: number, count: number): string[] {
  return Object.keys(markets).filter((symbol) => turnover(markets[symbol]!, timeMs) > 0)
    .sort((a, b) => turnover(markets[b]!, timeMs) - turnover(markets[a]!, timeMs)).slice(0, count);
}

export const UNIVERSES: readonly LeakCase[] = [
  {
    says: "the two markets with the most volume at the end of the history",
    report: "freqtrade/freqtrade#935, #5105: pair lists of today",
    culprit: ["universe", "universe"],
    history: ALL,
    subject: definePipeline({
      id: "final-volume",
      universe: (markets) => mostTraded(markets, Infinity, 2),
    }),
  },
  {
    says: "the two markets with the most volume of the last hundred candles at each decision",
    culprit: null,
    history: ALL,
    subject: definePipeline({
      id: "volume-of-then",
      universe: (markets, { timeMs }) => mostTraded(markets, timeMs, 2),
    }),
  },
  {
    says: "markets that still trade at the end",
    report: "freqtrade/freqtrade#12383: survivors only",
    culprit: ["universe", "universe"],
    history: ALL,
    subject: definePipeline({
      id: "survivors",
      universe: (markets) => {
        const end = Math.max(...Object.values(markets).map(({ openTimeMs }) => openTimeMs.at(-1) ?? 0));
        return Object.keys(markets).filter((symbol) => end - (markets[symbol]!.openTimeMs.at(-1) ?? 0) < 100 * HOUR_MS);
      },
    }),
  },
  {
    says: "markets that have traded within the last hundred hours at each decision, the dead ones among them",
    culprit: null,
    history: ALL,
    subject: definePipeline({
      id: "alive-then",
      universe: (markets, { timeMs }) =>
        Object.keys(markets).filter((symbol) => {
          const row = rowBy(markets[symbol]!, timeMs);
          return row >= 0 && timeMs - markets[symbol]!.openTimeMs[row]! < 100 * HOUR_MS;
        }),
    }),
  },
  {
    says: "a list that was written down, with a market that begins to trade later",
    culprit: ["universe", "universe"],
    history: ALL,
    subject: definePipeline({ id: "winners", universe: () => ["BTC/USD", "NEW/USD"] }),
  },
  {
    says: "a list that was written down, of markets that are there from the beginning",
    culprit: null,
    history: ALL,
    subject: definePipeline({ id: "majors", universe: () => ["BTC/USD", "ETH/USD"] }),
  },
  {
    says: "truth columns of the markets whose return over the whole history is above 0",
    culprit: ["universe", "universe"],
    history: [BTC, ETH],
    subject: definePipeline({
      id: "winners-of-all",
      universe: (markets) =>
        Object.fromEntries(
          Object.entries(markets).map(([symbol, { close }]) => [
            symbol,
            close.map(() => close.at(-1)! > close[0]! ? 1 : 0),
          ]),
        ),
    }),
  },
  {
    says: "truth columns of the markets above their own average",
    culprit: null,
    history: [BTC, ETH],
    subject: definePipeline({
      id: "strong-then",
      universe: (markets) =>
        Object.fromEntries(
          Object.entries(markets).map(([symbol, { close }]) => {
            const average = ewm(close, 0.02);
            return [symbol, close.map((price, i) => price > average[i]! ? 1 : 0)];
          }),
        ),
    }),
  },
  {
    says: "another market's closes joined by row number, though some of its candles are missing",
    culprit: ["feature", "other"],
    history: [BTC, ETH],
    subject: definePipeline({
      id: "join-by-row",
      features: { other: ({ close }, { markets }) => close.map((_, i) => markets["ETH/USD"]!.close[i + 2] ?? NaN) },
    }),
  },
  {
    says: "another market's closes joined by time, each as of its last candle",
    culprit: null,
    history: [BTC, ETH],
    subject: definePipeline({
      id: "join-by-time",
      features: {
        other: ({ openTimeMs }, { markets }) =>
          openTimeMs.map((time) => markets["ETH/USD"]!.close[rowBy(markets["ETH/USD"]!, time + HOUR_MS)] ?? NaN),
      },
    }),
  },
];

const FUNDING = fundingColumns(
  BTC.instrument,
  range(0, 120).map((i) => ({
    timeMs: BTC.openTimeMs[0]! + (i + 1) * 8 * HOUR_MS as TimestampMs,
    rate: 0.0001 * ((i * 7919 % 13) - 6),
  })),
);

/** Rate of the settlement that is last at a moment; of the next one with `ahead` 1. */
function rateAt(timeMs: Float64Array, rate: Float64Array, now: number, ahead: number): number {
  const next = timeMs.findIndex((time) => time > now);
  return rate[(next < 0 ? timeMs.length : next) - 1 + ahead] ?? NaN;
}

const NEWS = {
  news: {
    timeMs: Float64Array.from(range(0, 90), (i) => BTC.openTimeMs[0]! + i * 9.5 * HOUR_MS),
    score: Float64Array.from(range(0, 90), (i) => (i * 31 % 17) / 17 - 0.5),
  },
};

export const FEEDS: readonly LeakCase[] = [
  {
    says: "funding joined by the interval that it ends",
    report: "freqtrade/freqtrade#7291, #13263: funding beside the wrong candles",
    culprit: ["feature", "funding"],
    funding: FUNDING,
    subject: definePipeline({
      id: "funding-by-interval",
      features: {
        funding: ({ openTimeMs }, { funding }) =>
          openTimeMs.map((time) => rateAt(funding!.timeMs, funding!.rate, time + HOUR_MS, 1)),
      },
    }),
  },
  {
    says: "funding as of the last settlement, the one at the close included",
    report: "freqtrade/freqtrade#12310, where funding could not be analysed",
    culprit: null,
    funding: FUNDING,
    subject: definePipeline({
      id: "funding-as-of",
      features: {
        funding: ({ openTimeMs }, { funding }) =>
          openTimeMs.map((time) => rateAt(funding!.timeMs, funding!.rate, time + HOUR_MS, 0)),
      },
    }),
  },
  {
    says: "the score of the nearest news, before or after (merge_asof, nearest)",
    culprit: ["feature", "score"],
    feeds: NEWS,
    subject: definePipeline({
      id: "nearest-news",
      features: {
        score: ({ openTimeMs }, { feeds: { news } }) =>
          openTimeMs.map((time) => {
            const apart = (i: number) => Math.abs(news!.timeMs[i]! - time - HOUR_MS);
            return news!.score![
              range(0, news!.timeMs.length).reduce((best, i) => apart(i) < apart(best) ? i : best, 0)
            ]!;
          }),
      },
    }),
  },
  {
    says: "the score of the last news, fading with its age (merge_asof, backward)",
    culprit: null,
    feeds: NEWS,
    subject: definePipeline({
      id: "last-news",
      features: {
        score: ({ openTimeMs }, { feeds: { news } }) =>
          openTimeMs.map((time) => {
            const last = news!.timeMs.findLastIndex((at) => at <= time + HOUR_MS);
            return last < 0 ? 0 : news!.score![last]! / (1 + (time + HOUR_MS - news!.timeMs[last]!) / HOUR_MS);
          }),
      },
    }),
  },
];

const rising = ({ close }: CandleColumns) => changes(close).map((own) => own > 0.002 ? 1 : 0);

export const PRICES: readonly LeakCase[] = [
  {
    says: "entries at the low of the candle whose close decided",
    culprit: ["price", "price"],
    subject: definePipeline({ id: "bought-at-the-low", decide: rising, price: ({ low }) => low }),
  },
  {
    says: "entries at the close that decided",
    culprit: null,
    subject: definePipeline({ id: "bought-at-the-close", decide: rising, price: ({ close }) => close }),
  },
  {
    says: "entries at the open of the candle whose close decided",
    report: "Nunchi-trade/auto-researchtrading#4: signals of a close traded within its own candle",
    culprit: ["price", "price"],
    subject: definePipeline({
      id: "bought-at-its-open",
      decide: rising,
      price: ({ open, close }) => open.map((own, i) => Math.min(own, close[i]!)),
    }),
  },
  {
    says: "entries at the next open, with slippage",
    culprit: null,
    subject: definePipeline({
      id: "bought-at-the-next-open",
      decide: rising,
      price: ({ open }) => open.map((_, i) => open[i + 1]! * 1.0005),
    }),
  },
  {
    says: "entries at the low of the next candle",
    culprit: ["price", "price"],
    subject: definePipeline({
      id: "bought-at-the-next-low",
      decide: rising,
      price: ({ low }) => low.map((_, i) => low[i + 1] ?? NaN),
    }),
  },
  {
    says: "entries at a limit below the close, where the next candle trades there",
    report: "freqtrade/freqtrade#12168: delayed entries reported as biased",
    culprit: null,
    subject: definePipeline({
      id: "bought-at-a-limit",
      decide: rising,
      price: ({ open, low, close }) =>
        close.map((price, i) => low[i + 1]! < price * 0.999 ? Math.min(open[i + 1]!, price * 0.999) : NaN),
    }),
  },
  {
    says: "a signal shifted by one candle, filled at the open of its own row",
    culprit: null,
    subject: definePipeline({
      id: "shifted-signal",
      decide: (candles) => rising(candles).map((_, i, all) => all[i - 1] ?? 0),
      price: ({ open }) => open,
    }),
  },
];

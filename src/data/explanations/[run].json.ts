// Data loader: why each trade of a run was made. Called with --run=HASH by the site build; the page fetches it when a
// reader first asks.
import {
  bindStrategies,
  type ExplainedSide,
  type ExplainedTakeover,
  explainTrades,
  hashOfStrategies,
  PRICE_RULE_TEXTS,
  type RunRecord,
} from "../../../engine/backtest/mod.ts";
import { readRun, runCandles, runFeeds } from "../../../engine/lake/mod.ts";
import type { Candle } from "../../../engine/market/mod.ts";
import { strategyTitle } from "../../../engine/metrics/mod.ts";
import { BUILT_IN_STRATEGIES } from "../../../engine/strategies/mod.ts";
import type { CandleData, ExplanationData } from "../../components/page_data.ts";
import { DATA_DIR } from "../data_folder.ts";

const hash = Deno.args.find((argument) => argument.startsWith("--run="))?.slice("--run=".length) ?? "";
console.log(JSON.stringify(await explanationsOf(await readRun(DATA_DIR, hash))));

async function explanationsOf({ manifest, trades }: RunRecord): Promise<ExplanationData> {
  const wanted = manifest.strategies?.map(({ strategy }) => strategy) ?? [manifest.strategy!];
  const isKnown = wanted.every((id) => BUILT_IN_STRATEGIES.some((strategy) => strategy.id === id));
  const strategies = isKnown ? bindStrategies(manifest, (id) => BUILT_IN_STRATEGIES.find((own) => own.id === id)!) : [];
  if (!isKnown || hashOfStrategies(manifest, strategies) !== manifest.run.strategyHash) {
    return {
      missing: `The rules of ${strategyTitle(manifest)} are not at hand: they belong to a notebook, or have changed.`,
    };
  }
  const { fees, slippage } = manifest.costs;
  if (fees !== undefined || slippage.kind === "custom" || (manifest.rules ?? []).length > 0) {
    return { missing: "The run used functions of its author's, which are not at hand." };
  }
  const candles = await runCandles(DATA_DIR, manifest);
  if (candles === null) return { missing: "The lake no longer has the candles of the run." };
  const feeds = await runFeeds(DATA_DIR, manifest);
  if (feeds === null) return { missing: "The lake no longer has the funding or the mark prices of the run." };
  const explained = explainTrades(manifest, strategies, candles, {}, feeds);
  if (explained.trades.length !== trades.length) return { missing: "Another version of the engine made the run." };
  const side = (own: ExplainedSide) => ({ ...own, candle: valuesOf(own.candle), timeframe: own.candle.timeframe });
  const takeover = ({ decision, liquidation: { candle, ...liquidation } }: ExplainedTakeover) => ({
    decision,
    liquidation,
    candle: valuesOf(candle),
    timeframe: candle.timeframe,
  });
  return {
    labels: explained.labels,
    decisions: explained.decisions.map((own) => ({ ...own, candle: valuesOf(own.candle) })),
    trades: explained.trades.map(({ entry, exit }) => ({
      entry: side(entry),
      exit: "liquidation" in exit ? takeover(exit) : side(exit),
    })),
    ruleTexts: PRICE_RULE_TEXTS,
  };
}

function valuesOf({ openTimeMs, open, high, low, close, volume }: Candle): CandleData {
  return [openTimeMs, open, high, low, close, volume];
}

import { Command } from "commander";
import { ENGINE_VERSION, type RunManifest, type TrialCandles } from "../../engine/backtest/mod.ts";
import { CodedError, InputError, isCodedError } from "../../engine/errors/mod.ts";
import { runCandles, runFeeds } from "../../engine/lake/mod.ts";
import { type SweepTrial, TrialTrader } from "../../engine/research/mod.ts";
import type { TimestampMs } from "../../engine/time/mod.ts";
import type { ChunkAnswer, ChunkRequest, SentPoint, SentStudy } from "../chunk_message.ts";
import { findStrategy } from "../registry.ts";
import { readSettings } from "../settings.ts";
import { TextLineStream } from "../text_line_stream.ts";

/** `worker`: trades the chunks that come on standard input, one JSON document a line, and answers on standard output. */
export function workerCommand(): Command {
  return new Command("worker")
    .description(
      "Trade the chunks of trials that come on standard input, on the candles of the lake; sweep --processes starts it.",
    )
    .action(run);
}

async function run(): Promise<void> {
  const { dataDir } = readSettings().values;
  let trader: TrialTrader | null = null;
  const answerTo = async (request: ChunkRequest): Promise<SweepTrial[]> => {
    if ("points" in request) return trader!.trade(request.points.map(boundPoint));
    trader?.release();
    trader = await traderOf(request.study, dataDir);
    return [];
  };
  for await (const line of Deno.stdin.readable.pipeThrough(new TextDecoderStream()).pipeThrough(new TextLineStream())) {
    const answer: ChunkAnswer = await answerTo(JSON.parse(line)).then((trials) => ({ trials }), (error) => ({
      error: { code: isCodedError(error) ? error.code : "unexpected", message: String(error?.message ?? error) },
    }));
    const bytes = new TextEncoder().encode(`${JSON.stringify(answer)}\n`);
    for (let done = 0; done < bytes.length;) done += await Deno.stdout.write(bytes.subarray(done));
  }
}

async function traderOf(study: SentStudy, dataDir: string): Promise<TrialTrader> {
  const { spec, money, perBar, data, tradeFromMs, engineVersion } = study;
  if (engineVersion !== ENGINE_VERSION) {
    throw new CodedError(
      "worker",
      `it asks for engine ${engineVersion}, and this is ${ENGINE_VERSION}: update one of them`,
    );
  }
  const manifest = { ...spec, run: { data } } as unknown as RunManifest;
  const used = await runCandles(dataDir, manifest), feeds = await runFeeds(dataDir, manifest);
  if (used === null || feeds === null) {
    throw new InputError(
      "candles",
      `the lake in ${dataDir} has other candles than the study: let both read the same one`,
    );
  }
  const candles: TrialCandles = { used, tradeFromMs: tradeFromMs as TimestampMs, functions: {}, feeds };
  return new TrialTrader({ spec, candles, money, perBar });
}

function boundPoint({ index, strategy, params, hash }: SentPoint) {
  const bound = findStrategy(strategy).bind(params);
  if (bound.hash === hash) return { index, params, strategy: bound };
  throw new CodedError("worker", `its strategy ${strategy} has other rules: let both run the same code`);
}

// The other threads of a sweep: each trades the trials that it is sent, over candles in memory that all of them share.
/// <reference lib="deno.worker" />
import { ColumnRunner } from "../backtest/mod.ts";
import { knownKernels } from "./known_kernels.ts";
import { receivedRules, type StudyMessage, type TrialsAnswer, type TrialsMessage } from "./trial_message.ts";

declare const self: DedicatedWorkerGlobalScope;

const kernels = knownKernels();
let runner: ColumnRunner | null = null;
/** The study to trade trials of, until there is a runner for it. */
let study: StudyMessage | null = null;

function begin({ used, tradeFromMs, terms, money, perBar, common }: StudyMessage): void {
  runner?.release();
  runner = null;
  runner = new ColumnRunner({ used, tradeFromMs }, terms, money, perBar, { common });
  study = null;
}

function answerTo(message: TrialsMessage): TrialsAnswer {
  try {
    // Where it failed before, it fails again, and now somebody waits for an answer.
    if (study !== null) begin(study);
    return { metrics: runner!.run(receivedRules(message.trials, kernels)) };
  } catch (error) {
    return { error: error instanceof Error ? error.message : String(error) };
  }
}

self.onmessage = ({ data }: MessageEvent<StudyMessage | TrialsMessage>) => {
  if (data.kind === "trials") return self.postMessage(answerTo(data));
  study = data;
  try {
    begin(study);
  } catch {
    // It is said with the first trials.
  }
};

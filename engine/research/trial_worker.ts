// The other threads of a sweep: each trades the trials that it is sent, over candles in memory that all of them share.
/// <reference lib="deno.worker" />
import { ColumnRunner } from "../backtest/mod.ts";
import { knownKernels } from "./known_kernels.ts";
import { receivedRules, type StudyMessage, type TrialsAnswer, type TrialsMessage } from "./trial_message.ts";

declare const self: DedicatedWorkerGlobalScope;

const kernels = knownKernels();
let runner: ColumnRunner | null = null;

function answerTo(message: StudyMessage | TrialsMessage): TrialsAnswer {
  if (message.kind === "study") {
    const { used, tradeFromMs, terms, money, perBar, common } = message;
    runner?.release();
    runner = new ColumnRunner({ used, tradeFromMs }, terms, money, perBar, { common });
    return { metrics: [] };
  }
  return { metrics: runner!.run(message.rules.map((own) => receivedRules(own, kernels))) };
}

self.onmessage = ({ data }: MessageEvent<StudyMessage | TrialsMessage>) => {
  try {
    self.postMessage(answerTo(data));
  } catch (error) {
    self.postMessage({ error: error instanceof Error ? error.message : String(error) });
  }
};

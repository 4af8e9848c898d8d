// A process that trades chunks for the one that started it: one JSON document a line comes in, one goes out.
import { isCodedError } from "../engine/errors/mod.ts";
import type { SweepTrial } from "../engine/research/mod.ts";
import type { ChunkAnswer, ChunkRequest } from "./chunk_message.ts";
import { ChunkTrader } from "./chunk_trader.ts";
import { TextLineStream } from "./text_line_stream.ts";

/** Answers on standard output until standard input ends. */
export async function workOnStdio(dataDir: string): Promise<void> {
  const trader = new ChunkTrader(dataDir);
  const answerTo = async (request: ChunkRequest): Promise<SweepTrial[]> => {
    if ("points" in request) return trader.trade(request.points);
    await trader.take(request.study);
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

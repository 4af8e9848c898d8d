import assert from "node:assert/strict";
import { FETCH_LIMIT } from "../testing/fetching_process.ts";
import { openDesk } from "../testing/loopback_client.ts";
import { RedisServer } from "../testing/redis_server.ts";

const SCRIPT = decodeURIComponent(new URL("../testing/fetching_process.ts", import.meta.url).pathname);

Deno.test("three processes that share a budget keep to a limit that the exchange counts strictly, and cancels get through", () =>
  RedisServer.with(async (redis) => {
    const { weight: weightPerWindow, windowMs } = FETCH_LIMIT,
      desk = openDesk({ limit: { weightPerWindow, windowMs } });
    try {
      const processes = [1, 2, 3].map(() => fetching(desk.exchange.url, redis.url));
      await Promise.all(processes.map(({ begun }) => begun));
      await new Promise((resolve) => setTimeout(resolve, 4 * windowMs));
      const told = await Promise.all(processes.map((own) => own.end()));
      const { violations, windows } = desk.exchange.limit;
      assert.equal(violations, 0);
      for (const { answered, cancels } of told) {
        assert.ok(answered > 0, "nobody is starved");
        assert.ok(cancels > 0, "cancels have a share of their own");
      }
      // Two for each page of candles, one for a cancel, 20 for a list of markets: more than one process may spend in all.
      const spent = windows.reduce((sum, own) => sum + own.weight, 0);
      const counted = told.reduce((sum, own) => sum + 2 * own.answered + own.cancels + 20, 0);
      assert.ok(spent >= counted && spent <= counted + 3 * 10, `${counted} told, ${spent} counted by the exchange`);
      assert.ok(windows.every(({ weight }) => weight <= weightPerWindow));
      assert.ok(windows.some(({ weight }) => weight > weightPerWindow / 2), "together they use what there is");
    } finally {
      await desk.close();
    }
  }));

/** A process that fetches until it is told to end. */
function fetching(exchangeUrl: string, redisUrl: string) {
  const rights = ["--allow-read", "--ignore-env", "--allow-net=127.0.0.1", "--allow-sys=hostname"];
  const child = new Deno.Command(Deno.execPath(), {
    args: ["run", "--quiet", "--no-check", "--no-prompt", ...rights, SCRIPT, exchangeUrl, redisUrl],
    stdin: "piped",
    stdout: "piped",
    stderr: "piped",
  }).spawn();
  const problem = new Response(child.stderr).text(), begun = Promise.withResolvers<void>();
  const said = lastLine(child.stdout, begun.resolve);
  return {
    begun: begun.promise,
    async end(): Promise<{ answered: number; cancels: number }> {
      await child.stdin.close();
      const { success } = await child.status;
      assert.ok(success, await problem);
      return JSON.parse(await said);
    },
  };
}

/** What a process says last; `onFirst` hears of the first thing, or of its end. */
async function lastLine(output: ReadableStream<Uint8Array<ArrayBuffer>>, onFirst: () => void): Promise<string> {
  let text = "";
  for await (const chunk of output.pipeThrough(new TextDecoderStream())) {
    text += chunk;
    onFirst();
  }
  onFirst();
  return text.trim().split("\n").at(-1)!;
}
